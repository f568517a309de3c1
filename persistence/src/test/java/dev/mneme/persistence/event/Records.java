package dev.mneme.persistence.event;

import java.time.LocalDate;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Records of every kind with any content. */
public final class Records {
    private Records() {}

    public static Arbitrary<Object> any() {
        return Arbitraries.oneOf(
                created(), forked(), started(), extended(), sampled(), ended(), rewound(), edited(), resumed(),
                deleted(), snapshot());
    }

    private static Arbitrary<String> text() {
        // Any text that has an encoding: whole code points, no half of a surrogate pair.
        return Arbitraries.integers()
                .between(0, Character.MAX_CODE_POINT)
                .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
                .array(int[].class)
                .ofMaxSize(20)
                .map(points -> new String(points, 0, points.length));
    }

    private static Arbitrary<Optional<String>> optionalText() {
        return text().optional();
    }

    private static Arbitrary<Integer> count() {
        return Arbitraries.integers().greaterOrEqual(0);
    }

    private static Arbitrary<Long> longCount() {
        return Arbitraries.longs().greaterOrEqual(0);
    }

    private static Arbitrary<Tokens> tokens() {
        return count().array(int[].class).ofMaxSize(200).map(Tokens::of);
    }

    private static Arbitrary<SessionFacts> facts() {
        return Combinators.combine(
                        text(),
                        optionalText(),
                        Arbitraries.of(SessionStyle.class),
                        Arbitraries.longs().between(-700_000, 2_000_000).map(LocalDate::ofEpochDay),
                        count())
                .as((text, system, style, date, version) -> new SessionFacts(
                        new ModelRef(text, text + "h", text + "a"), system, style, date, text + "k", text + "p", version));
    }

    private static Arbitrary<GenerationOptions> options() {
        return Combinators.combine(
                        count(),
                        Arbitraries.floats(),
                        count(),
                        Arbitraries.floats(),
                        Arbitraries.floats(),
                        Arbitraries.longs(),
                        text().list().ofMaxSize(4))
                .as((max, temperature, k, p, penalty, seed, stops) ->
                        new GenerationOptions(max, temperature, k, p, -p, penalty, k / 2, seed, stops));
    }

    private static Arbitrary<SessionCreated> created() {
        return Combinators.combine(text(), text(), text(), longCount(), facts(), optionalText())
                .as(SessionCreated::new);
    }

    private static Arbitrary<SessionForked> forked() {
        return Combinators.combine(text(), text(), longCount(), longCount(), count(), count(), optionalText(), facts())
                .as((tenant, name, at, branch, position, turn, request, facts) -> new SessionForked(
                        tenant, name, name + "2", at, tenant + "3", branch, position, turn, request, facts));
    }

    private static Arbitrary<TurnStarted> started() {
        return Combinators.combine(
                        count(),
                        Arbitraries.of(TurnKind.class),
                        optionalText(),
                        count(),
                        tokens(),
                        options(),
                        optionalText(),
                        longCount())
                .as((turn, kind, request, position, prompt, options, hash, at) -> new TurnStarted(
                        turn, kind, request, position, prompt, prompt.size(), options, hash, at));
    }

    private static Arbitrary<PromptExtended> extended() {
        return Combinators.combine(count(), count(), tokens()).as(PromptExtended::new);
    }

    private static Arbitrary<TokensSampled> sampled() {
        return Combinators.combine(count(), count(), tokens()).as(TokensSampled::new);
    }

    private static Arbitrary<TurnEnded> ended() {
        return Combinators.combine(
                        count(), count(), Arbitraries.of(FinishReason.class), optionalText(), longCount(), Arbitraries.doubles())
                .as((turn, position, finish, reason, bytes, speed) -> new TurnEnded(
                        turn,
                        position,
                        finish,
                        new TurnCost(turn, position, turn, reason, bytes, position, bytes, speed, bytes)));
    }

    private static Arbitrary<Rewound> rewound() {
        return Combinators.combine(count(), count(), optionalText()).as(Rewound::new);
    }

    private static Arbitrary<MemoryEdited> edited() {
        return Combinators.combine(count(), Arbitraries.of(EditKind.class), text(), count(), count(), optionalText())
                .as(MemoryEdited::new);
    }

    private static Arbitrary<TurnResumed> resumed() {
        return Combinators.combine(count(), text()).as(TurnResumed::new);
    }

    private static Arbitrary<SessionDeleted> deleted() {
        return optionalText().map(SessionDeleted::new);
    }

    private static Arbitrary<SessionSnapshot> snapshot() {
        return Combinators.combine(
                        created(),
                        longCount(),
                        count(),
                        Combinators.combine(count(), Arbitraries.longs(), Arbitraries.longs())
                                .as(SealedBlock::new)
                                .optional(),
                        tokens(),
                        started().map(TurnFacts::of).optional(),
                        Arbitraries.of(FinishReason.class).optional(),
                        longCount())
                .as((created, branch, position, sealed, tail, turn, finish, sequenceNr) -> new SessionSnapshot(
                        created.tenant(),
                        created.name(),
                        created.sessionId(),
                        created.createdAtMillis(),
                        created.facts(),
                        branch,
                        position,
                        position / 2,
                        sealed,
                        tail,
                        turn,
                        finish,
                        sequenceNr));
    }
}
