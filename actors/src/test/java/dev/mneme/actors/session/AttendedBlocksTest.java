package dev.mneme.actors.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.persistence.event.EditKind;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.ModelRef;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.persistence.event.SessionStyle;
import dev.mneme.persistence.event.TurnKind;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttendedBlocksTest {
    private static final int WINDOW = 1024;

    private static MemoryTimeline timeline(String policy, MemoryEdited... edits) {
        SessionFacts facts = new SessionFacts(
                new ModelRef("tiny", "hash", ""),
                Optional.empty(),
                SessionStyle.RAW,
                LocalDate.of(2026, 3, 1),
                "F16",
                policy,
                1);
        return MemoryTimeline.of(facts, List.of(edits));
    }

    private static MemoryEdited pin(int from, int to) {
        return new MemoryEdited(600, EditKind.PIN, "", from, to, Optional.empty());
    }

    /** A pin among the sinks and one still in the window take no room of their own. */
    @Test
    void pastTheWindowItIsSinksPinsRetrievedBlocksAndWindow() {
        MemoryTimeline timeline = timeline(
                "sparse sinks=64 window=256 topK=3 candidates=0 refresh=8", pin(0, 40), pin(100, 200), pin(1000, 1100));

        assertThat(AttendedBlocks.atEnd(TurnKind.SAY, WINDOW + 1, timeline, WINDOW)).isEmpty();
        assertThat(AttendedBlocks.atEnd(TurnKind.SAY, WINDOW + 2, timeline, WINDOW))
                .contains(new AttendedBlocks(1, 3, 3, 5));
        assertThat(AttendedBlocks.atEnd(TurnKind.INGEST, WINDOW + 1, timeline, WINDOW))
                .contains(new AttendedBlocks(1, 3, 3, 5));
        assertThat(AttendedBlocks.atEnd(TurnKind.SAY, 5000, timeline, WINDOW))
                .contains(new AttendedBlocks(1, 6, 3, 5));
    }

    @Test
    void insideTheWindowItIsEverything() {
        assertThat(AttendedBlocks.atEnd(TurnKind.SAY, 0, timeline("dense"), WINDOW)).isEmpty();
        assertThat(AttendedBlocks.atEnd(TurnKind.SAY, WINDOW, timeline("dense"), WINDOW)).isEmpty();
    }
}
