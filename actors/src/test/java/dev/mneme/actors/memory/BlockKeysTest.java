package dev.mneme.actors.memory;

import static dev.mneme.actors.memory.Remembering.edit;
import static dev.mneme.actors.memory.Remembering.pin;
import static dev.mneme.actors.memory.Remembering.timeline;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.persistence.event.EditKind;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.store.BlockKey;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockKeysTest {
    private static final String SPARSE = "sparse sinks=64 window=128 topK=2 candidates=0 refresh=8";
    private static final int[] IDS = IntStream.range(0, 320).toArray();
    private static final byte[] SECRET = secret();

    private static byte[] secret() {
        byte[] secret = new byte[32];
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) i;
        }
        return secret;
    }

    private static List<BlockKey> chain(String policy, MemoryEdited... edits) {
        BlockKeys keys = BlockKeys.of(timeline(policy, edits), SECRET);
        List<BlockKey> chain = new ArrayList<>();
        for (int from = 0; from < IDS.length; from += 64) {
            BlockKey previous = chain.isEmpty() ? BlockKeys.ORIGIN : chain.getLast();
            chain.add(keys.next(from / 64, previous, IDS, from));
        }
        return chain;
    }

    /** Every block on users' disks is found under such a key. */
    @Test
    void theKeysOfASessionWithoutEditsAreWhatTheyWere() {
        assertThat(chain("dense").subList(0, 2))
                .extracting(BlockKey::toString)
                .containsExactly("fb2cd7fcd9cccfadc8554f3028d37bef", "45f06f7a328a95763ae4471b18dbcb4b");
    }

    @Test
    void anEditChangesTheKeysOfTheBlocksThatItTakesEffectInAndAfterNotThoseBefore() {
        List<BlockKey> plain = chain(SPARSE);

        for (MemoryEdited edit : List.of(
                edit(100, EditKind.POLICY, "dense"),
                edit(128, EditKind.POLICY, "dense"),
                edit(100, EditKind.FORMAT, "F32"),
                edit(100, EditKind.NUMERICS, "2"),
                pin(128, EditKind.PIN, 0, 64),
                pin(121, EditKind.PIN, 0, 64))) {
            List<BlockKey> edited = chain(SPARSE, edit);
            assertThat(edited.subList(0, 2)).as(edit.toString()).isEqualTo(plain.subList(0, 2));
            assertThat(edited.subList(2, 5)).as(edit.toString()).doesNotContainAnyElementsOf(plain);
        }
    }

    /** Equal bits, whoever picked what they follow from. */
    @Test
    void keysDoNotTellWhoPickedAPolicyOrAFormat() {
        assertThat(chain("dense", edit(100, EditKind.FORMAT, "auto I8")))
                .isEqualTo(chain("dense", edit(100, EditKind.FORMAT, "I8")));
        assertThat(chain("auto " + SPARSE)).isEqualTo(chain(SPARSE));
        assertThat(chain("dense", edit(100, EditKind.POLICY, "auto " + SPARSE)))
                .isEqualTo(chain("dense", edit(100, EditKind.POLICY, SPARSE)));
    }

    @Test
    void keysDifferByWhereAPinTakesEffectAndByWhatItPins() {
        assertThat(List.of(
                        chain(SPARSE).get(3),
                        chain(SPARSE, pin(128, EditKind.PIN, 0, 64)).get(3),
                        chain(SPARSE, pin(129, EditKind.PIN, 0, 64)).get(3),
                        chain(SPARSE, pin(129, EditKind.PIN, 0, 65)).get(3),
                        chain(SPARSE, pin(129, EditKind.UNPIN, 0, 65)).get(3),
                        chain(SPARSE, pin(129, EditKind.PIN, 1, 65)).get(3)))
                .doesNotHaveDuplicates();
        assertThat(chain(SPARSE, pin(130, EditKind.PIN, 0, 64))).isEqualTo(chain(SPARSE, pin(136, EditKind.PIN, 0, 64)));
    }

    @Test
    void rowsOfAnUnfinishedBlockAreToldApartByWhatTookEffectBeforeTheirEnd() {
        BlockKeys plain = BlockKeys.of(timeline(SPARSE), SECRET);
        BlockKeys pinned = BlockKeys.of(timeline(SPARSE, pin(140, EditKind.PIN, 0, 64)), SECRET);
        BlockKeys dense = BlockKeys.of(timeline(SPARSE, edit(100, EditKind.POLICY, "dense")), SECRET);
        BlockKey previous = new BlockKey(1, 2);

        assertThat(pinned.rows(2, previous, 144)).isEqualTo(plain.rows(2, previous, 130));
        assertThat(pinned.rows(2, previous, 145)).isNotEqualTo(plain.rows(2, previous, 145));
        assertThat(dense.rows(2, previous, 130)).isNotEqualTo(plain.rows(2, previous, 130));
        assertThat(dense.rows(1, previous, 100)).isEqualTo(plain.rows(1, previous, 100));
        assertThat(plain.rows(2, new BlockKey(1, 3), 130)).isNotEqualTo(plain.rows(2, previous, 130));
    }
}
