package dev.mneme.persistence.serialization;

import dev.mneme.persistence.event.GenerationOptions;
import dev.mneme.persistence.event.ModelRef;
import dev.mneme.persistence.event.SealedBlock;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.persistence.event.SessionStyle;
import dev.mneme.persistence.event.TurnCost;
import dev.mneme.persistence.event.TurnFacts;
import dev.mneme.persistence.event.TurnKind;
import java.time.LocalDate;

/** The records inside records. They have no version of their own: a change of one changes every kind that holds it. */
final class RecordParts {
    private RecordParts() {}

    static void write(FieldWriter out, SessionFacts facts) {
        out.text(facts.model().name());
        out.text(facts.model().sha256());
        out.text(facts.model().architecture());
        out.optional(facts.system(), FieldWriter::text);
        out.name(facts.style());
        out.text(facts.templateDate().toString());
        out.text(facts.kvFormat());
        out.text(facts.policy());
        out.count(facts.numericsVersion());
    }

    static SessionFacts sessionFacts(FieldReader in) {
        return new SessionFacts(
                new ModelRef(in.text(), in.text(), in.text()),
                in.optional(FieldReader::text),
                in.name(SessionStyle.class),
                LocalDate.parse(in.text()),
                in.text(),
                in.text(),
                in.count());
    }

    static void write(FieldWriter out, GenerationOptions options) {
        out.count(options.maxTokens());
        out.real32(options.temperature());
        out.count(options.topK());
        out.real32(options.topP());
        out.real32(options.minP());
        out.real32(options.repetitionPenalty());
        out.count(options.repetitionWindow());
        out.bits64(options.seed());
        out.list(options.stops(), FieldWriter::text);
    }

    static GenerationOptions generationOptions(FieldReader in) {
        return new GenerationOptions(
                in.count(),
                in.real32(),
                in.count(),
                in.real32(),
                in.real32(),
                in.real32(),
                in.count(),
                in.bits64(),
                in.list(FieldReader::text));
    }

    static void write(FieldWriter out, TurnCost cost) {
        out.count(cost.reused());
        out.count(cost.computed());
        out.count(cost.rebuilt());
        out.optional(cost.rebuiltReason(), FieldWriter::text);
        out.longCount(cost.blocksAttended());
        out.count(cost.contextTokens());
        out.longCount(cost.ttftMicros());
        out.real64(cost.tokensPerSecond());
        out.longCount(cost.bytesRead());
    }

    static TurnCost turnCost(FieldReader in) {
        return new TurnCost(
                in.count(),
                in.count(),
                in.count(),
                in.optional(FieldReader::text),
                in.longCount(),
                in.count(),
                in.longCount(),
                in.real64(),
                in.longCount());
    }

    static void write(FieldWriter out, SealedBlock sealed) {
        out.count(sealed.block());
        out.bits64(sealed.keyHigh());
        out.bits64(sealed.keyLow());
    }

    static SealedBlock sealedBlock(FieldReader in) {
        return new SealedBlock(in.count(), in.bits64(), in.bits64());
    }

    static void write(FieldWriter out, TurnFacts turn) {
        out.count(turn.turn());
        out.name(turn.kind());
        out.optional(turn.requestId(), FieldWriter::text);
        out.count(turn.position());
        out.count(turn.promptTotal());
        write(out, turn.options());
        out.optional(turn.documentHash(), FieldWriter::text);
        out.longCount(turn.startedAtMillis());
    }

    static TurnFacts turnFacts(FieldReader in) {
        return new TurnFacts(
                in.count(),
                in.name(TurnKind.class),
                in.optional(FieldReader::text),
                in.count(),
                in.count(),
                generationOptions(in),
                in.optional(FieldReader::text),
                in.longCount());
    }
}
