package dev.mneme.persistence.index;

import dev.mneme.persistence.event.EditKind;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.serialization.Body;
import dev.mneme.persistence.serialization.FieldReader;
import dev.mneme.persistence.serialization.FieldWriter;
import java.util.ArrayList;
import java.util.List;

/** The memory edits made in one branch, oldest first. They are few, so all of a branch's are in one row. */
record BranchEdits(List<Numbered> edits) {
    static final BranchEdits NONE = new BranchEdits(List.of());

    BranchEdits {
        edits = List.copyOf(edits);
    }

    /** An edit and the number of its event. */
    record Numbered(long sequenceNr, MemoryEdited edit) {}

    BranchEdits and(long sequenceNr, MemoryEdited edit) {
        List<Numbered> more = new ArrayList<>(edits);
        more.add(new Numbered(sequenceNr, edit));
        return new BranchEdits(more);
    }

    /** Those of events up to this one. */
    BranchEdits until(long sequenceNr) {
        return new BranchEdits(
                edits.stream().filter(edit -> edit.sequenceNr() <= sequenceNr).toList());
    }

    /** Those made when the session had at most so many tokens. */
    List<MemoryEdited> upTo(int position) {
        return edits.stream()
                .map(Numbered::edit)
                .filter(edit -> edit.position() <= position)
                .toList();
    }

    byte[] body() {
        return Body.of(out -> out.list(edits, BranchEdits::write));
    }

    private static void write(FieldWriter out, Numbered numbered) {
        MemoryEdited edit = numbered.edit();
        out.longCount(numbered.sequenceNr());
        out.count(edit.position());
        out.name(edit.edit());
        out.text(edit.value());
        out.count(edit.fromToken());
        out.count(edit.toToken());
        out.optional(edit.requestId(), FieldWriter::text);
    }

    static BranchEdits read(FieldReader in) {
        return new BranchEdits(in.list(BranchEdits::numbered));
    }

    private static Numbered numbered(FieldReader in) {
        return new Numbered(
                in.longCount(),
                new MemoryEdited(
                        in.count(),
                        in.name(EditKind.class),
                        in.text(),
                        in.count(),
                        in.count(),
                        in.optional(FieldReader::text)));
    }
}
