package dev.mneme.actors.memory;

import dev.mneme.persistence.event.EditKind;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.ModelRef;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.persistence.event.SessionStyle;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** Sessions and edits to test with. */
final class Remembering {
    private Remembering() {}

    static SessionFacts facts(String policy) {
        return new SessionFacts(
                new ModelRef("tiny", "ab".repeat(32), ""),
                Optional.empty(),
                SessionStyle.RAW,
                LocalDate.of(2026, 3, 1),
                "F16",
                policy,
                1);
    }

    static MemoryTimeline timeline(String policy, MemoryEdited... edits) {
        return MemoryTimeline.of(facts(policy), List.of(edits));
    }

    static MemoryEdited edit(int position, EditKind kind, String value) {
        return new MemoryEdited(position, kind, value, 0, 0, Optional.empty());
    }

    static MemoryEdited pin(int position, EditKind kind, int from, int to) {
        return new MemoryEdited(position, kind, "", from, to, Optional.empty());
    }
}
