package dev.mneme.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.MemoryPolicy;
import dev.mneme.Receipt;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.TurnOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/** Promise 3, only the new: what a receipt says of a turn is what the turn cost, whatever the session went through. */
class ReceiptProperties {
    private static final String TENANT = "t";

    /**
     * All texts differ, but after a rewind a new one may still begin as the undone one did, and then finds those rows: the
     * first token, a space, a digit or two.
     */
    private static final int COMMON_BEGINNING = 4;

    /** What is done, to which session, and two numbers that mean something to some. */
    record Step(Kind kind, int session, int number, int size) {}

    enum Kind {
        SAY,
        INGEST,
        FORK,
        REWIND,
        DELETE,
        RESTART,
        EVICT
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(8, Kind.SAY),
                Tuple.of(3, Kind.INGEST),
                Tuple.of(2, Kind.FORK),
                Tuple.of(2, Kind.REWIND),
                Tuple.of(1, Kind.DELETE),
                Tuple.of(1, Kind.RESTART),
                Tuple.of(2, Kind.EVICT));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, 100),
                        Arbitraries.integers().between(0, 100),
                        Arbitraries.integers().between(1, 90))
                .as(Step::new)
                .list()
                .ofMinSize(10)
                .ofMaxSize(30);
    }

    /** What the model of a session knows: where each turn ended, and whether its last token still lacks keys and values. */
    private static final class Expected {
        private final List<Integer> ends = new ArrayList<>(List.of(0));
        private final List<Boolean> owing = new ArrayList<>(List.of(false));
        /** Nothing was lost, and no rows of an unfinished block had to be found elsewhere. */
        private boolean untouched = true;

        Expected copy() {
            Expected copy = new Expected();
            copy.ends.clear();
            copy.ends.addAll(ends);
            copy.owing.clear();
            copy.owing.addAll(owing);
            copy.untouched = false;
            return copy;
        }

        void backTo(int turn) {
            while (ends.size() > turn + 1) {
                ends.removeLast();
                owing.removeLast();
            }
            untouched = false;
        }
    }

    @Property(tries = 6, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void receiptsAreTrueWhateverASessionWentThrough(@ForAll("steps") List<Step> steps) {
        try (House house = new House()) {
            Map<String, Expected> sessions = new HashMap<>();
            List<String> names = new ArrayList<>();
            int made = 0;
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                if (names.isEmpty() || (step.kind() == Kind.SAY && step.number() < 15)) {
                    String name = "s" + made++;
                    house.session(TENANT, name, House.tiny("llama"), MemoryPolicy.dense());
                    sessions.put(name, new Expected());
                    names.add(name);
                }
                String name = names.get(step.session() % names.size());
                Expected expected = Objects.requireNonNull(sessions.get(name));
                Session session = house.session(TENANT, name);
                // Every text begins differently, so that nothing is found by content but what was forked or rewound.
                String text = i + ": " + "lorem ipsum dolor ".repeat(step.size() / 10);
                switch (step.kind()) {
                    case SAY -> assertSaid(expected, session.say(text, options(step)));
                    case INGEST -> assertRead(expected, session.ingest(text, options(step)).await());
                    case FORK -> {
                        String fork = "s" + made++;
                        session.fork(fork);
                        sessions.put(fork, expected.copy());
                        names.add(fork);
                    }
                    case REWIND -> {
                        int turn = step.number() % expected.ends.size();
                        session.rewind(turn);
                        expected.backTo(turn);
                    }
                    case DELETE -> {
                        session.delete();
                        names.remove(name);
                        sessions.remove(name);
                    }
                    case RESTART -> house.restart();
                    case EVICT -> {
                        house.evict(TENANT, name, List.of(step.number(), step.size()));
                        sessions.values().forEach(any -> any.untouched = false);
                    }
                }
                if (sessions.containsKey(name)) {
                    assertThat(house.session(TENANT, name).describe().tokens()).isEqualTo(expected.ends.getLast());
                }
            }
        }
    }

    private static TurnOptions options(Step step) {
        return TurnOptions.defaults().withTemperature(1).withSeed(step.number()).withMaxTokens(step.size());
    }

    private static void assertSaid(Expected expected, Reply reply) {
        int generated = reply.tokens().size();
        assertCost(expected, reply, reply.promptTokens().size() + generated - 1, 1);
        expected.ends.add(expected.ends.getLast() + reply.promptTokens().size() + generated);
        expected.owing.add(true);
    }

    private static void assertRead(Expected expected, Reply reply) {
        assertThat(reply.tokens()).isEmpty();
        assertCost(expected, reply, reply.promptTokens().size(), 0);
        expected.ends.add(expected.ends.getLast() + reply.promptTokens().size());
        expected.owing.add(false);
    }

    private static void assertCost(Expected expected, Reply reply, int fresh, int last) {
        Receipt receipt = reply.receipt();
        assertThat(receipt.contextTokens()).isEqualTo(expected.ends.getLast() + fresh + last);
        assertThat(receipt.reused() + receipt.computed() + receipt.rebuilt() + last)
                .as("all tokens of %s", receipt)
                .isEqualTo(receipt.contextTokens());
        int carriedOver = receipt.computed() - fresh;
        assertThat(carriedOver)
                .as("carried over in %s", receipt)
                .isBetween(-COMMON_BEGINNING, expected.owing.getLast() ? 1 : 0);
        assertThat(receipt.rebuiltReason().isPresent()).isEqualTo(receipt.rebuilt() > 0);
        if (expected.untouched) {
            assertThat(receipt.rebuilt()).isZero();
            assertThat(carriedOver).isEqualTo(expected.owing.getLast() ? 1 : 0);
        }
    }

    @Property(tries = 3, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void aTextThatIsThereAlreadyIsReusedByTheBlock(@ForAll("steps") List<Step> steps) {
        try (House house = new House()) {
            String text = "a common beginning of everything ".repeat(4 + steps.size() / 4);
            Session first = house.session(TENANT, "first", House.tiny("llama"), MemoryPolicy.dense());
            Reply one = first.say(text + "one", options(steps.getFirst()));
            Session second = house.session(TENANT, "second", House.tiny("llama"), MemoryPolicy.dense());
            Reply two = second.say(text + "two", options(steps.getLast()));

            int common = 0;
            while (one.promptTokens().get(common).equals(two.promptTokens().get(common))) {
                common++;
            }
            assertThat(two.receipt().reused()).isEqualTo(common / 64 * 64).isPositive();
            assertThat(two.receipt().computed())
                    .isEqualTo(two.promptTokens().size() + two.tokens().size() - 1 - two.receipt().reused());
        }
    }

    @Property(tries = 3, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void whatATurnTokenizesDependsOnItsOwnTextAlone(@ForAll("steps") List<Step> before) {
        try (House house = new House()) {
            Session fresh = house.session(TENANT, "fresh", House.tiny("llama"), MemoryPolicy.dense());
            fresh.say("x", options(before.getFirst()));
            Session experienced = house.session(TENANT, "experienced", House.tiny("llama"), MemoryPolicy.dense());
            for (Step step : before) {
                if (experienced.describe().tokens() < 1_500) {
                    experienced.say("something " + step.number(), options(step));
                }
            }
            TurnOptions one = options(before.getFirst()).withMaxTokens(1);
            for (String text : List.of(" the same text", "é世", "  spaces  ", "7")) {
                assertThat(experienced.say(text, one).promptTokens()).isEqualTo(fresh.say(text, one).promptTokens());
            }
        }
    }
}
