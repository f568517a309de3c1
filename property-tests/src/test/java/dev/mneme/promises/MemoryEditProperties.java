package dev.mneme.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.MemoryPolicy;
import dev.mneme.Receipt;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.SessionInfo;
import dev.mneme.ShortWindow;
import dev.mneme.TurnOptions;
import dev.mneme.errors.MnemeException;
import dev.mneme.errors.WindowExceeded;
import dev.mneme.runtime.kv.KvFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/**
 * Policy, KV format and pins changed in mid-session: what was computed before stays valid, and what comes after depends on what was
 * said and edited alone.
 */
class MemoryEditProperties {
    private static final String NAME = "s";
    private static final int WINDOW = 320;

    /** What is done: something said, remembered otherwise, or a turn pinned or not, or gone back to, counted around. */
    sealed interface Step {
        record Say(String text, int replyTokens) implements Step {}

        record Remember(MemoryPolicy policy) implements Step {}

        record Pin(int number) implements Step {}

        record Unpin(int number) implements Step {}

        record Rewind(int number) implements Step {}
    }

    @Provide
    Arbitrary<String> models() {
        return Arbitraries.of("llama", "gemma3", "qwen2")
                .map(name -> ShortWindow.model(name, WINDOW).toString());
    }

    @Provide
    Arbitrary<MemoryPolicy> policies() {
        return Combinators.combine(plans(), formats()).as(MemoryPolicy::kv);
    }

    private static Arbitrary<KvFormat> formats() {
        return Arbitraries.frequency(
                Tuple.of(2, KvFormat.F16), Tuple.of(1, KvFormat.F32), Tuple.of(3, KvFormat.I8), Tuple.of(3, KvFormat.K8V4));
    }

    /** Of at most four blocks, which is what the window allows; the last two leave room for a pin. */
    private static Arbitrary<MemoryPolicy> plans() {
        return Arbitraries.of(
                MemoryPolicy.sparse().sinks(64).window(64).topK(1).candidates(0).refresh(8),
                MemoryPolicy.sparse().sinks(0).window(128).topK(1).candidates(3).refresh(16).survey(16),
                MemoryPolicy.sparse().sinks(0).window(64).topK(1).candidates(2).refresh(4).survey(32),
                MemoryPolicy.sparse().sinks(0).window(64).topK(0).candidates(0).refresh(1));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<String> texts =
                Arbitraries.strings().withCharRange('a', 'z').withChars(' ').ofMinLength(1).ofMaxLength(60);
        Arbitrary<Step> says =
                Combinators.combine(texts, Arbitraries.integers().between(1, 60)).as(Step.Say::new);
        Arbitrary<Step> policies = plans().map(Step.Remember::new);
        Arbitrary<Step> formats = formats().map(format -> new Step.Remember(MemoryPolicy.sparse().kv(format)));
        Arbitrary<Step> dense = Arbitraries.just(new Step.Remember(MemoryPolicy.dense()));
        Arbitrary<Step> pins = Arbitraries.integers().between(0, 20).map(Step.Pin::new);
        Arbitrary<Step> unpins = Arbitraries.integers().between(0, 20).map(Step.Unpin::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(12, says),
                        Tuple.of(2, policies),
                        Tuple.of(3, formats),
                        Tuple.of(1, dense),
                        Tuple.of(4, pins),
                        Tuple.of(1, unpins),
                        Tuple.of(2, Arbitraries.integers().between(0, 20).map(Step.Rewind::new)))
                .list()
                .ofMinSize(10)
                .ofMaxSize(24);
    }

    /** What a step came to, for comparison: what cannot be done is refused the same way every time. */
    private static String apply(Step step, Session session) {
        try {
            return switch (step) {
                case Step.Say(String text, int replyTokens) -> {
                    Reply reply = say(session, text, replyTokens);
                    yield reply.tokens() + " " + reply.finish() + " " + reply.receipt().attended();
                }
                case Step.Remember(MemoryPolicy policy) -> session.memory(policy).memory().toString();
                case Step.Pin(int number) -> session.pin(turn(session, number)).pins().toString();
                case Step.Unpin(int number) -> session.unpin(turn(session, number)).pins().toString();
                case Step.Rewind(int number) -> session.rewind(turn(session, number)).memory().toString();
            };
        } catch (MnemeException refused) {
            return refused.getClass().getSimpleName();
        }
    }

    private static Reply say(Session session, String text, int replyTokens) {
        return session.say(
                text, TurnOptions.defaults().withTemperature(1).withSeed(5).withMaxTokens(replyTokens));
    }

    private static int turn(Session session, int number) {
        return 1 + number % Math.max(1, session.describe().turns());
    }

    private static Session opened(House house, String tenant, String model, MemoryPolicy policy) {
        return house.session(tenant, NAME, model, policy);
    }

    private static List<String> whole(House house, String model, MemoryPolicy policy, List<Step> steps) {
        Session session = opened(house, "straight", model, policy);
        return steps.stream().map(step -> apply(step, session)).toList();
    }

    @Property(tries = 6, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void restartsAndLostBlocksDoNotShow(
            @ForAll("models") String model,
            @ForAll("policies") MemoryPolicy policy,
            @ForAll("steps") List<Step> steps,
            @ForAll long seed) {
        Random random = new Random(seed);
        try (House house = new House()) {
            List<String> expected = whole(house, model, policy, steps);
            Session session = opened(house, "disturbed", model, policy);
            List<String> outcomes = new ArrayList<>();
            for (Step step : steps) {
                if (random.nextInt(4) == 0) {
                    house.restart();
                    session = house.session("disturbed", NAME);
                }
                if (random.nextInt(4) == 0) {
                    house.evict("disturbed", NAME, random.ints(3, 0, 20).boxed().toList());
                }
                outcomes.add(apply(step, session));
            }
            assertThat(outcomes).isEqualTo(expected);
            assertSame(house, "disturbed", "straight");
        }
    }

    @Property(tries = 6, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void anEditInvalidatesNothing(
            @ForAll("models") String model, @ForAll("policies") MemoryPolicy policy, @ForAll("steps") List<Step> steps) {
        try (House house = new House()) {
            Session session = opened(house, "t", model, policy);
            boolean sampled = false;
            for (Step step : steps) {
                SessionInfo before = session.describe();
                List<List<Long>> blocks = house.checksums("t", NAME);
                if (step instanceof Step.Say(String text, int replyTokens)) {
                    try {
                        Receipt receipt = say(session, text, replyTokens).receipt();
                        assertThat(receipt.rebuilt()).isZero();
                        assertThat(receipt.reused()).isEqualTo(before.tokens() - (sampled ? 1 : 0));
                        sampled = true;
                    } catch (MnemeException denseSessionIsFull) {
                        assertThat(denseSessionIsFull).isInstanceOf(WindowExceeded.class);
                        assertThat(session.describe()).isEqualTo(before);
                    }
                } else if (!(step instanceof Step.Rewind)) {
                    String unused = apply(step, session);
                }
                assertThat(house.checksums("t", NAME).subList(0, blocks.size())).isEqualTo(blocks);
            }
        }
    }

    @Property(tries = 6, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void aForkGoesOnAsItsParentWould(
            @ForAll("models") String model,
            @ForAll("policies") MemoryPolicy policy,
            @ForAll("steps") List<Step> steps,
            @ForAll long seed) {
        int cut = new Random(seed).nextInt(steps.size());
        try (House house = new House()) {
            List<String> expected = whole(house, model, policy, steps);
            Session parent = opened(house, "forked", model, policy);
            steps.subList(0, cut).forEach(step -> apply(step, parent));
            Session fork = parent.fork("fork");
            // What the parent is told from now on is not the fork's.
            String unused = apply(new Step.Remember(MemoryPolicy.sparse().sinks(64).window(64).topK(0)), parent);
            String neither = apply(new Step.Say("something else", 3), parent.fork("pinned"));
            List<String> outcomes =
                    steps.subList(cut, steps.size()).stream().map(step -> apply(step, fork)).toList();
            assertThat(outcomes).isEqualTo(expected.subList(cut, expected.size()));
        }
    }

    /** Blocks and rows all lost, the journal gives them again. */
    @Property(tries = 4, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void computedAfreshFromTheJournalItIsTheSame(
            @ForAll("models") String model, @ForAll("policies") MemoryPolicy policy, @ForAll("steps") List<Step> steps) {
        Step last = new Step.Say("and then", 8);
        try (House house = new House()) {
            List<Step> all = new ArrayList<>(steps);
            all.add(last);
            List<String> expected = whole(house, model, policy, all);
            Session session = opened(house, "lost", model, policy);
            steps.forEach(step -> apply(step, session));
            house.lose("lost", NAME);
            assertThat(apply(last, session)).isEqualTo(expected.getLast());
            assertSame(house, "lost", "straight");
        }
    }

    private static void assertSame(House house, String tenant, String other) {
        assertThat(house.checksums(tenant, NAME)).isEqualTo(house.checksums(other, NAME));
        SessionInfo one = house.session(tenant, NAME).describe();
        SessionInfo two = house.session(other, NAME).describe();
        assertThat(one.memory()).isEqualTo(two.memory());
        assertThat(one.pins()).isEqualTo(two.pins());
        assertThat(one.tokens()).isEqualTo(two.tokens());
    }
}
