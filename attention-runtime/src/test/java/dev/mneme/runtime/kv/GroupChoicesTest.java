package dev.mneme.runtime.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class GroupChoicesTest {
    private static final int LAYERS = 2;
    private static final int KV_HEADS = 2;

    private final MemorySegment bytes = MemorySegment.ofArray(new long[Math.toIntExact(GroupChoices.bytes(LAYERS, KV_HEADS, 5) / 8)]);
    private final GroupChoices choices = new GroupChoices(bytes, KV_HEADS, 2, 3);

    @Test
    void whatWasPutIsReadUntilItIsReplaced() {
        putAll(2_048);
        assertThat(choices.areOf(2_048, LAYERS)).isTrue();
        assertThat(choices.blocks(1, 0)).containsExactly(14, 15);
        assertThat(choices.shortlist(1, 0)).containsExactly(14, 15, 29);
        assertThat(choices.shortlist(0, 1)).as("a shorter one").containsExactly(10);

        choices.put(1, 2_052, new int[][] {{1, 2}, {3, 4}}, new int[][] {{2}, {3, 4, 9}});
        assertThat(choices.areOf(2_048, LAYERS)).isFalse();
        assertThat(choices.areOf(2_052, LAYERS)).isFalse();
        assertThat(choices.blocks(1, 1)).containsExactly(3, 4);
        assertThat(choices.shortlist(1, 0)).containsExactly(2);
        assertThat(choices.blocks(0, 0)).containsExactly(4, 5);
    }

    /** Tails hold these bytes. */
    @Test
    void theBytesAreThoseOfTheGoldenFile() throws IOException {
        putAll(2_048);
        try (InputStream golden = GroupChoicesTest.class.getResourceAsStream("/golden/kv-choices.bin")) {
            assertThat(golden).isNotNull();
            assertThat((long[]) bytes.heapBase().orElseThrow())
                    .isEqualTo(MemorySegment.ofArray(golden.readAllBytes()).toArray(ValueLayout.JAVA_LONG_UNALIGNED));
        }
    }

    private void putAll(int start) {
        for (int layer = 0; layer < LAYERS; layer++) {
            int first = 4 + 10 * layer;
            choices.put(
                    layer, start, new int[][] {{first, first + 1}, {first + 6, first + 7}},
                    new int[][] {{first, first + 1, first + 15}, {first + 6}});
        }
    }
}
