package dev.mneme.persistence.serialization;

import static dev.mneme.persistence.FormatVersions.EVENT;
import static dev.mneme.persistence.FormatVersions.SNAPSHOT;

import dev.mneme.persistence.event.EditKind;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.PromptExtended;
import dev.mneme.persistence.event.Rewound;
import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.event.SessionDeleted;
import dev.mneme.persistence.event.SessionForked;
import dev.mneme.persistence.event.SessionSnapshot;
import dev.mneme.persistence.event.TokensSampled;
import dev.mneme.persistence.event.TurnEnded;
import dev.mneme.persistence.event.TurnFacts;
import dev.mneme.persistence.event.TurnResumed;
import dev.mneme.persistence.event.TurnStarted;
import java.util.List;

/** Every kind of record that is written. Ids below 100 are left to Kryo. */
final class RecordKinds {
    static final List<RecordKind<?>> ALL = List.of(
            new RecordKind<>(SessionCreated.class, "created", 100, EVENT, RecordKinds::write, RecordKinds::created),
            new RecordKind<>(SessionForked.class, "forked", 101, EVENT, RecordKinds::write, RecordKinds::forked),
            new RecordKind<>(TurnStarted.class, "started", 102, EVENT, RecordKinds::write, RecordKinds::started),
            new RecordKind<>(PromptExtended.class, "extended", 103, EVENT, RecordKinds::write, RecordKinds::extended),
            new RecordKind<>(TokensSampled.class, "sampled", 104, EVENT, RecordKinds::write, RecordKinds::sampled),
            new RecordKind<>(TurnEnded.class, "ended", 105, EVENT, RecordKinds::write, RecordKinds::ended),
            new RecordKind<>(Rewound.class, "rewound", 106, EVENT, RecordKinds::write, RecordKinds::rewound),
            new RecordKind<>(MemoryEdited.class, "edited", 107, EVENT, RecordKinds::write, RecordKinds::edited),
            new RecordKind<>(SessionDeleted.class, "deleted", 108, EVENT, RecordKinds::write, RecordKinds::deleted),
            new RecordKind<>(TurnResumed.class, "resumed", 109, EVENT, RecordKinds::write, RecordKinds::resumed),
            new RecordKind<>(
                    SessionSnapshot.class, "snapshot", 120, SNAPSHOT, RecordKinds::write, RecordKinds::snapshot));

    private RecordKinds() {}

    private static void write(FieldWriter out, SessionCreated event) {
        out.text(event.tenant());
        out.text(event.name());
        out.text(event.sessionId());
        out.longCount(event.createdAtMillis());
        RecordParts.write(out, event.facts());
        out.optional(event.requestId(), FieldWriter::text);
    }

    private static SessionCreated created(FieldReader in, int version) {
        return new SessionCreated(
                in.text(),
                in.text(),
                in.text(),
                in.longCount(),
                RecordParts.sessionFacts(in),
                in.optional(FieldReader::text));
    }

    private static void write(FieldWriter out, SessionForked event) {
        out.text(event.tenant());
        out.text(event.name());
        out.text(event.sessionId());
        out.longCount(event.createdAtMillis());
        out.text(event.parentSessionId());
        out.longCount(event.parentBranch());
        out.count(event.position());
        out.count(event.turn());
        out.optional(event.requestId(), FieldWriter::text);
        RecordParts.write(out, event.facts());
    }

    private static SessionForked forked(FieldReader in, int version) {
        return new SessionForked(
                in.text(),
                in.text(),
                in.text(),
                in.longCount(),
                in.text(),
                in.longCount(),
                in.count(),
                in.count(),
                in.optional(FieldReader::text),
                RecordParts.sessionFacts(in));
    }

    private static void write(FieldWriter out, TurnStarted event) {
        RecordParts.write(out, TurnFacts.of(event));
        out.tokens(event.prompt());
    }

    private static TurnStarted started(FieldReader in, int version) {
        TurnFacts turn = RecordParts.turnFacts(in);
        return new TurnStarted(
                turn.turn(),
                turn.kind(),
                turn.requestId(),
                turn.position(),
                in.tokens(),
                turn.promptTotal(),
                turn.options(),
                turn.documentHash(),
                turn.startedAtMillis());
    }

    private static void write(FieldWriter out, PromptExtended event) {
        out.count(event.turn());
        out.count(event.position());
        out.tokens(event.tokens());
    }

    private static PromptExtended extended(FieldReader in, int version) {
        return new PromptExtended(in.count(), in.count(), in.tokens());
    }

    private static void write(FieldWriter out, TokensSampled event) {
        out.count(event.turn());
        out.count(event.position());
        out.tokens(event.tokens());
    }

    private static TokensSampled sampled(FieldReader in, int version) {
        return new TokensSampled(in.count(), in.count(), in.tokens());
    }

    private static void write(FieldWriter out, TurnEnded event) {
        out.count(event.turn());
        out.count(event.position());
        out.name(event.finish());
        RecordParts.write(out, event.cost());
    }

    private static TurnEnded ended(FieldReader in, int version) {
        return new TurnEnded(in.count(), in.count(), in.name(FinishReason.class), RecordParts.turnCost(in));
    }

    private static void write(FieldWriter out, Rewound event) {
        out.count(event.toTurn());
        out.count(event.toPosition());
        out.optional(event.requestId(), FieldWriter::text);
    }

    private static Rewound rewound(FieldReader in, int version) {
        return new Rewound(in.count(), in.count(), in.optional(FieldReader::text));
    }

    private static void write(FieldWriter out, MemoryEdited event) {
        out.count(event.position());
        out.name(event.edit());
        out.text(event.value());
        out.count(event.fromToken());
        out.count(event.toToken());
        out.optional(event.requestId(), FieldWriter::text);
    }

    private static MemoryEdited edited(FieldReader in, int version) {
        return new MemoryEdited(
                in.count(),
                in.name(EditKind.class),
                in.text(),
                in.count(),
                in.count(),
                in.optional(FieldReader::text));
    }

    private static void write(FieldWriter out, TurnResumed event) {
        out.count(event.turn());
        out.text(event.requestId());
    }

    private static TurnResumed resumed(FieldReader in, int version) {
        return new TurnResumed(in.count(), in.text());
    }

    private static void write(FieldWriter out, SessionDeleted event) {
        out.optional(event.requestId(), FieldWriter::text);
    }

    private static SessionDeleted deleted(FieldReader in, int version) {
        return new SessionDeleted(in.optional(FieldReader::text));
    }

    private static void write(FieldWriter out, SessionSnapshot snapshot) {
        out.text(snapshot.tenant());
        out.text(snapshot.name());
        out.text(snapshot.sessionId());
        out.longCount(snapshot.createdAtMillis());
        RecordParts.write(out, snapshot.facts());
        out.longCount(snapshot.branch());
        out.count(snapshot.position());
        out.count(snapshot.turns());
        out.optional(snapshot.sealed(), RecordParts::write);
        out.tokens(snapshot.tail());
        out.optional(snapshot.lastTurn(), RecordParts::write);
        out.optional(snapshot.lastFinish(), FieldWriter::name);
        out.longCount(snapshot.sequenceNr());
    }

    private static SessionSnapshot snapshot(FieldReader in, int version) {
        return new SessionSnapshot(
                in.text(),
                in.text(),
                in.text(),
                in.longCount(),
                RecordParts.sessionFacts(in),
                in.longCount(),
                in.count(),
                in.count(),
                in.optional(RecordParts::sealedBlock),
                in.tokens(),
                in.optional(RecordParts::turnFacts),
                in.optional(reader -> reader.name(FinishReason.class)),
                in.longCount());
    }
}
