package dev.mneme.actors.memory;

import static dev.mneme.actors.memory.Remembering.edit;
import static dev.mneme.actors.memory.Remembering.pin;
import static dev.mneme.actors.memory.Remembering.timeline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.persistence.event.EditKind;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicyException;
import dev.mneme.runtime.kv.KvFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryTimelineTest {
    private static final String SPARSE = "sparse sinks=64 window=128 topK=2 candidates=0 refresh=8";
    private static final String OTHER = "sparse sinks=0 window=64 topK=1 candidates=0 refresh=16";

    @Test
    void withoutEditsASessionRemembersAsItWasCreated() {
        MemoryTimeline timeline = timeline("dense");

        assertThat(timeline.policyAt(0)).isEqualTo(MemoryPolicy.dense());
        assertThat(timeline.policyAt(1_000_000)).isEqualTo(MemoryPolicy.dense());
        assertThat(timeline.formatAt(7)).isEqualTo(KvFormat.F16);
        assertThat(timeline.numericsAt(7)).isEqualTo(1);
        assertThat(timeline.nextChange(0)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void policyFormatAndNumericsChangeAtTheNextBlock() {
        MemoryTimeline timeline = timeline(
                "dense",
                edit(100, EditKind.POLICY, SPARSE),
                edit(128, EditKind.FORMAT, "F32"),
                edit(129, EditKind.NUMERICS, "2"));

        assertThat(timeline.policyAt(127)).isEqualTo(MemoryPolicy.dense());
        assertThat(timeline.policyAt(128)).isEqualTo(PolicyText.parse(SPARSE));
        assertThat(timeline.formatAt(1)).isEqualTo(KvFormat.F16);
        assertThat(timeline.formatAt(2)).isEqualTo(KvFormat.F32);
        assertThat(timeline.numericsAt(2)).isEqualTo(1);
        assertThat(timeline.numericsAt(3)).isEqualTo(2);
        assertThat(timeline.policyAt(10_000)).isEqualTo(PolicyText.parse(SPARSE));
        assertThat(timeline.nextChange(0)).isEqualTo(128);
        assertThat(timeline.nextChange(128)).isEqualTo(192);
        assertThat(timeline.nextChange(192)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void blocksTakeTheBytesOfTheirFormat() {
        MemoryTimeline timeline =
                timeline("dense", edit(100, EditKind.FORMAT, "I8"), edit(300, EditKind.FORMAT, "K8V4"));

        assertThat(IntStream.of(0, 1, 2, 3, 5, 6)
                        .mapToLong(blocks -> timeline.blockBytes(blocks, format -> switch (format) {
                            case F16 -> 100;
                            case I8 -> 10;
                            case K8V4 -> 1;
                            case F32 -> throw new AssertionError();
                        })))
                .containsExactly(0L, 100L, 200L, 210L, 230L, 231L);
    }

    @Test
    void ofTwoEditsBeforeOneBlockTheLastHolds() {
        MemoryTimeline timeline = timeline(
                "dense",
                edit(65, EditKind.POLICY, SPARSE),
                edit(66, EditKind.FORMAT, "F32"),
                edit(128, EditKind.POLICY, OTHER));

        assertThat(timeline.policyAt(128)).isEqualTo(PolicyText.parse(OTHER));
        assertThat(timeline.formatAt(2)).isEqualTo(KvFormat.F32);
        assertThat(timeline.formatAt(1)).isEqualTo(KvFormat.F16);
    }

    @Test
    void anEditOfTheEmptySessionHoldsFromItsBeginning() {
        assertThat(timeline("dense", edit(0, EditKind.POLICY, SPARSE)).policyAt(0)).isEqualTo(PolicyText.parse(SPARSE));
    }

    @Test
    void pinsChangeAtTheNextMultipleOfR() {
        MemoryTimeline timeline = timeline(
                SPARSE, pin(100, EditKind.PIN, 0, 50), pin(104, EditKind.UNPIN, 0, 50), pin(190, EditKind.PIN, 0, 90));

        assertThat(timeline.pinChanges(64, 128))
                .containsExactly(new PinChange(104, true, 0, 50), new PinChange(104, false, 0, 50));
        assertThat(timeline.pinChanges(128, 192)).isEmpty();
        assertThat(timeline.pinChanges(192, 256)).containsExactly(new PinChange(192, true, 0, 90));
        assertThat(timeline.nextChange(100)).isEqualTo(104);
        assertThat(timeline.nextChange(104)).isEqualTo(192);
    }

    /** Since a shortlist is made without what is pinned when its survey begins. */
    @Test
    void pinsChangeAtTheNextSurvey() {
        MemoryTimeline timeline = timeline(
                "sparse sinks=64 window=128 topK=2 candidates=4 refresh=4 survey=16",
                pin(100, EditKind.PIN, 0, 50),
                pin(112, EditKind.PIN, 60, 90));

        assertThat(timeline.pinChanges(0, 256))
                .containsExactly(new PinChange(112, true, 0, 50), new PinChange(112, true, 60, 90));
    }

    @Test
    void aPolicyThatWasPickedIsKnownAsSuchUntilOneIsAskedFor() {
        MemoryTimeline timeline = timeline(
                "auto " + SPARSE, edit(100, EditKind.POLICY, "auto " + OTHER), edit(200, EditKind.POLICY, OTHER));

        assertThat(timeline.policyAt(0)).isEqualTo(PolicyText.parse(SPARSE));
        assertThat(timeline.policyAt(200)).isEqualTo(PolicyText.parse(OTHER));
        assertThat(timeline.picksItself()).isFalse();
        assertThat(timeline.upTo(150).picksItself()).isTrue();
        assertThat(timeline.pickedAt(0)).hasValueSatisfying(words -> assertThat(words).startsWith(SPARSE).contains("F16"));
        assertThat(timeline.pickedAt(50)).isEmpty();
        assertThat(timeline.pickedAt(100)).hasValueSatisfying(words -> assertThat(words).startsWith(OTHER));
        assertThat(timeline.pickedAt(200)).isEmpty();
    }

    @Test
    void aFormatThatWasPickedIsKnownAsSuchAsLongAsThePolicyIsPickedToo() {
        MemoryTimeline timeline = timeline(
                "auto " + SPARSE,
                edit(100, EditKind.FORMAT, "auto I8"),
                edit(200, EditKind.FORMAT, "I8"),
                edit(300, EditKind.FORMAT, "auto F16"),
                edit(400, EditKind.POLICY, OTHER));

        assertThat(timeline.upTo(50).picksFormat()).as("asked for at the beginning").isFalse();
        assertThat(timeline.upTo(100).picksFormat()).isTrue();
        assertThat(timeline.upTo(200).picksFormat()).isFalse();
        assertThat(timeline.upTo(300).picksFormat()).isTrue();
        assertThat(timeline.picksFormat()).isFalse();
        assertThat(timeline.formatAt(2)).isEqualTo(KvFormat.I8);
        assertThat(timeline.pickedAt(100)).hasValueSatisfying(words -> assertThat(words).startsWith(SPARSE).endsWith("I8"));
        assertThat(timeline.pickedAt(200)).isEmpty();
    }

    @Test
    void aFormatThatIsNotKnownIsRefused() {
        assertThatThrownBy(() -> timeline("dense", edit(100, EditKind.FORMAT, "I4")).latestFormat())
                .isInstanceOf(MemoryPolicyException.class)
                .hasMessageContaining("I4");
    }

    @Test
    void whatARewindGoesBackBehindIsUndone() {
        MemoryTimeline timeline =
                timeline("dense", edit(100, EditKind.POLICY, SPARSE), edit(300, EditKind.POLICY, OTHER));

        assertThat(timeline.upTo(300)).isEqualTo(timeline);
        assertThat(timeline.upTo(299).policyAt(1000)).isEqualTo(PolicyText.parse(SPARSE));
        assertThat(timeline.upTo(100)).isEqualTo(timeline.upTo(299));
        assertThat(timeline.upTo(99)).isEqualTo(timeline("dense"));
        assertThat(timeline.madeAt(300)).containsExactly(edit(300, EditKind.POLICY, OTHER));
    }
}
