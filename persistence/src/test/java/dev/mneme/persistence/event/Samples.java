package dev.mneme.persistence.event;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One fixed record of every kind: what the golden files hold. */
public final class Samples {
    public static final SessionFacts FACTS = new SessionFacts(
            new ModelRef(
                    "smollm2:135m", "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", "llama"),
            Optional.of("You are Inés' helper. 🌱"),
            SessionStyle.CHAT,
            LocalDate.of(2026, 3, 1),
            "f16",
            "dense",
            1);
    public static final GenerationOptions OPTIONS =
            new GenerationOptions(256, 0.8f, 40, 0.95f, 0.05f, 1.1f, 64, -81_985_529_216_486_896L, List.of("\n\n", "END"));
    public static final TurnStarted STARTED = new TurnStarted(
            3,
            TurnKind.SAY,
            Optional.of("req-7"),
            130,
            Tokens.of(1, 0, 49_151, 200),
            4,
            OPTIONS,
            Optional.of("5eb63bbbe01eeed093cb22bb8f5acdc3"),
            1_772_323_200_123L);

    private Samples() {}

    public static Map<String, Object> byFile() {
        Map<String, Object> samples = new LinkedHashMap<>();
        samples.put(
                "created",
                new SessionCreated("acme", "ines", "s-1", 1_772_323_200_000L, FACTS, Optional.of("req-1")));
        samples.put(
                "forked",
                new SessionForked(
                        "acme", "ines-2", "s-2", 1_772_323_200_001L, "s-1", 17, 130, 2, Optional.empty(), FACTS));
        samples.put("started", STARTED);
        samples.put("extended", new PromptExtended(3, 134, Tokens.of(5, 6, 7)));
        samples.put("sampled", new TokensSampled(3, 137, Tokens.of(262_143)));
        samples.put(
                "ended",
                new TurnEnded(
                        3,
                        138,
                        FinishReason.LENGTH,
                        new TurnCost(129, 8, 64, Optional.of("mid-block"), 3, 138, 81_234, 61.25, 1_474_560)));
        samples.put("rewound", new Rewound(1, 70, Optional.of("req-8")));
        samples.put("edited", new MemoryEdited(138, EditKind.PIN, "", 10, 74, Optional.empty()));
        samples.put("resumed", new TurnResumed(3, "req-10"));
        samples.put("deleted", new SessionDeleted(Optional.of("req-9")));
        samples.put(
                "snapshot",
                new SessionSnapshot(
                        "acme",
                        "ines",
                        "s-1",
                        1_772_323_200_000L,
                        FACTS,
                        1,
                        138,
                        3,
                        Optional.of(new SealedBlock(1, 0x0123456789abcdefL, -2)),
                        Tokens.of(9, 8, 7),
                        Optional.of(TurnFacts.of(STARTED)),
                        Optional.of(FinishReason.LENGTH),
                        12));
        return samples;
    }
}
