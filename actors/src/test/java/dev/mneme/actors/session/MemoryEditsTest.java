package dev.mneme.actors.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.actors.memory.BlockKeys;
import dev.mneme.actors.memory.ChainTip;
import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.persistence.event.EditKind;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.ModelRef;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.persistence.event.SessionStyle;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.KvFormat;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is journaled for a session that leaves it to Mneme how it remembers, as the machine's memory comes and goes. */
class MemoryEditsTest {
    private static final MemoryPolicy.Sparse DEFAULT = new MemoryPolicy.Sparse(64, 1024, 16, 64, 8);
    private static final String FULL = "auto sparse sinks=64 window=1024 topK=16 candidates=64 refresh=8";
    private static final String HALF = "auto sparse sinks=64 window=512 topK=8 candidates=64 refresh=8";
    private static final ModelMemory AMPLE = new ModelMemory(8192, DEFAULT, PickedMemory.AMPLE_BYTES);
    private static final ModelMemory SHORT = new ModelMemory(8192, DEFAULT, PickedMemory.SHORT_BYTES - 1);
    private static final MemoryWishes AUTO = wishes(MemoryWishes.Manner.PICKED, Optional.empty());

    @TempDir
    private Path directory;

    private static MemoryWishes wishes(MemoryWishes.Manner manner, Optional<KvFormat> format) {
        return new MemoryWishes(
                Optional.of(manner),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                format);
    }

    private static SessionFacts created(MemoryWishes wishes, ModelMemory model) {
        return new SessionFacts(
                new ModelRef("tiny", "ab".repeat(32), ""),
                Optional.empty(),
                SessionStyle.RAW,
                LocalDate.of(2026, 3, 1),
                wishes.formatOfNew(model),
                wishes.policyOfNew("s", model),
                1);
    }

    private static SessionState.Live live(MemoryTimeline timeline, SessionFacts facts) {
        BlockKeys keys = BlockKeys.of(timeline, new byte[32]);
        return new SessionState.Live(
                new SessionIdentity("t", "s", "id", 0),
                facts,
                timeline,
                keys,
                1,
                ChainTip.EMPTY.append(keys, new int[100]),
                1,
                Optional.empty(),
                Optional.empty(),
                3);
    }

    private static List<String> texts(List<MemoryEdited> edits) {
        return edits.stream().map(edit -> edit.edit() + " " + edit.value()).toList();
    }

    @Test
    void whereMemoryIsShortPlansAndBlocksGetSmallerFromTheNextTurnOn() {
        SessionFacts facts = created(AUTO, AMPLE);
        assertThat(facts.kvFormat()).isEqualTo("auto F16");
        MemoryTimeline timeline = MemoryTimeline.of(facts, List.of());
        try (JournalDatabase journal = JournalDatabase.open(directory, natives())) {
            assertThat(edits(timeline, facts, AMPLE, journal).picked()).isEmpty();

            List<MemoryEdited> smaller = edits(timeline, facts, SHORT, journal).picked();
            assertThat(texts(smaller)).containsExactly(EditKind.POLICY + " " + HALF, EditKind.FORMAT + " auto I8");
            MemoryTimeline then = timeline.with(smaller.get(0)).with(smaller.get(1));
            assertThat(then.pickedAt(100)).hasValueSatisfying(words -> assertThat(words).endsWith("keys and values in I8"));
            assertThat(edits(then, facts, SHORT, journal).picked()).isEmpty();
            assertThat(texts(edits(then, facts, AMPLE, journal).picked()))
                    .containsExactly(EditKind.POLICY + " " + FULL, EditKind.FORMAT + " auto F16");
        }
    }

    @Test
    void aFormatThatIsAskedForStays() {
        try (JournalDatabase journal = JournalDatabase.open(directory, natives())) {
            for (KvFormat format : KvFormat.values()) {
                SessionFacts facts =
                        created(wishes(MemoryWishes.Manner.PICKED, Optional.of(format)), AMPLE);
                assertThat(facts.kvFormat()).isEqualTo(format.name());
                MemoryTimeline timeline = MemoryTimeline.of(facts, List.of());
                assertThat(texts(edits(timeline, facts, SHORT, journal).picked()))
                        .containsExactly(EditKind.POLICY + " " + HALF);
                assertThat(texts(edits(timeline, facts, AMPLE, journal)
                                .of(new MemoryChange.Remember(AUTO), Optional.empty())))
                        .containsExactly(EditKind.FORMAT + " auto F16");
            }
        }
    }

    @Test
    void aSessionThatDecidesForItselfAgainKeepsWhatWasPicked() {
        SessionFacts facts = created(AUTO, SHORT);
        assertThat(facts.kvFormat()).isEqualTo("auto I8");
        try (JournalDatabase journal = JournalDatabase.open(directory, natives())) {
            assertThat(texts(edits(MemoryTimeline.of(facts, List.of()), facts, AMPLE, journal)
                            .of(
                                    new MemoryChange.Remember(wishes(MemoryWishes.Manner.SPARSE, Optional.empty())),
                                    Optional.empty())))
                    .containsExactly(EditKind.POLICY + " " + HALF.substring("auto ".length()), EditKind.FORMAT + " I8");
        }
    }

    private static MemoryEdits edits(
            MemoryTimeline timeline, SessionFacts facts, ModelMemory model, JournalDatabase journal) {
        return new MemoryEdits(live(timeline, facts), model, journal.index("t"));
    }

    private static Path natives() {
        return Path.of(System.getProperty("user.home"), ".cache", "mneme", "native");
    }
}
