package dev.mneme.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.MemoryPolicy;
import dev.mneme.Receipt;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.ShortWindow;
import dev.mneme.TurnOptions;
import dev.mneme.errors.MnemeException;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.store.StoreOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/**
 * What layers with a native window have left behind is trimmed, and no bit shows it: whatever reads it again, goes back to
 * where it was read or has to compute blocks there, finds it as it was.
 */
class TrimmedWindowProperties {
    private static final String TENANT = "t";
    private static final int BLOCK = 64;
    private static final int TEXT = 120;
    /** Of its 7 layers the tiny model has 6 with a native window. */
    private static final int WINDOWED_LAYERS = 6;

    /** What is done to a session. */
    sealed interface Step {
        record Say(String text, int replyTokens) implements Step {}

        record Remember(KvFormat format) implements Step {}

        /** Some turns back. */
        record Rewind(int turns) implements Step {}

        record Fork() implements Step {}

        record Recall() implements Step {}
    }

    /** A store that keeps nothing of a window that it need not keep: its arenas have room for few blocks. */
    private static House tight() {
        return new House(1, StoreOptions.defaults().withArenaBytes(200_000).withWindowBudgetBytes(0));
    }

    /** With native windows of one block and of two, without and with a window of the model's own that is soon past. */
    @Provide
    Arbitrary<String> models() {
        return Arbitraries.of(
                ShortWindow.model("gemma3", 448, 65).toString(),
                ShortWindow.model("gemma3", 320, 129).toString(),
                ShortWindow.model("gemma3", 4096, 65).toString());
    }

    @Provide
    Arbitrary<MemoryPolicy> policies() {
        return Combinators.combine(
                        Arbitraries.of(
                                MemoryPolicy.sparse().sinks(64).window(64).topK(1).candidates(0).refresh(8),
                                MemoryPolicy.sparse().sinks(0).window(64).topK(2).candidates(3).refresh(8).survey(32)),
                        Arbitraries.of(KvFormat.F32, KvFormat.F32, KvFormat.F16, KvFormat.I8, KvFormat.K8V4))
                .as(MemoryPolicy::kv);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withCharRange('a', 'z').withChars(' ').ofLength(8 * TEXT);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<String> texts =
                Arbitraries.strings().withCharRange('a', 'z').withChars(' ').ofMinLength(1).ofMaxLength(100);
        return Arbitraries.<Step>frequencyOf(
                        Tuple.of(6, Combinators.combine(texts, Arbitraries.integers().between(1, 60)).as(Step.Say::new)),
                        Tuple.of(1, Arbitraries.of(KvFormat.values()).map(Step.Remember::new)),
                        Tuple.of(3, Arbitraries.of(0, 1, 1, 2).map(Step.Rewind::new)),
                        Tuple.of(2, Arbitraries.create(Step.Fork::new)),
                        Tuple.of(2, Arbitraries.create(Step.Recall::new)))
                .list()
                .ofSize(10);
    }

    /** A text, told bit by bit, that is long beside what a warm-up takes, and what is done then. */
    private static List<Step> all(String text, List<Step> steps) {
        List<Step> all = new ArrayList<>();
        for (int from = 0; from < text.length(); from += TEXT) {
            all.add(new Step.Say(text.substring(from, from + TEXT), 100));
        }
        all.addAll(steps);
        all.add(new Step.Say("and then", 30));
        return all;
    }

    /** A session and its forks, of which the last is gone on with. */
    private static final class Line {
        private final House house;
        private int forks;
        private Session session;

        Line(House house, String model, MemoryPolicy policy) {
            this.house = house;
            this.session = house.session(TENANT, "s0", model, policy);
        }

        String name() {
            return session.name();
        }

        void restart() {
            house.restart();
            session = house.session(TENANT, name());
        }

        String apply(Step step) {
            try {
                return switch (step) {
                    case Step.Say(String text, int replyTokens) -> {
                        Reply reply = say(session, text, replyTokens);
                        assertAllCounted(reply);
                        yield reply.tokens() + " " + reply.finish() + " " + reply.receipt().attended();
                    }
                    case Step.Remember(KvFormat format) ->
                        session.memory(MemoryPolicy.sparse().kv(format)).memory().toString();
                    case Step.Rewind(int turns) -> {
                        int last = session.describe().turns();
                        yield "" + session.rewind(Math.max(1, last - turns)).tokens();
                    }
                    case Step.Fork() -> {
                        session = session.fork("s" + ++forks);
                        yield name();
                    }
                    case Step.Recall() -> session.recall().toString();
                };
            } catch (MnemeException refused) {
                return refused.getClass().getSimpleName();
            }
        }
    }

    private static Reply say(Session session, String text, int replyTokens) {
        return session.say(
                text, TurnOptions.defaults().withTemperature(1).withSeed(5).withMaxTokens(replyTokens));
    }

    private static void assertAllCounted(Reply reply) {
        Receipt receipt = reply.receipt();
        assertThat(receipt.reused() + receipt.computed() + receipt.rebuilt() + 1)
                .as("all tokens of %s", receipt)
                .isEqualTo(receipt.contextTokens());
        assertThat(receipt.rebuiltReason().isPresent()).isEqualTo(receipt.rebuilt() > 0);
    }

    @Property(tries = 3, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void trimmingRestartsAndLostBlocksDoNotShow(
            @ForAll("models") String model,
            @ForAll("policies") MemoryPolicy policy,
            @ForAll("texts") String text,
            @ForAll("steps") List<Step> after,
            @ForAll long seed) {
        List<Step> steps = all(text, after);
        Random random = new Random(seed);
        try (House roomy = new House();
                House tight = tight()) {
            Line straight = new Line(roomy, model, policy);
            List<String> expected = steps.stream().map(straight::apply).toList();
            Line line = new Line(tight, model, policy);
            List<String> outcomes = new ArrayList<>();
            long mostTrimmed = 0;
            for (Step step : steps) {
                if (random.nextInt(6) == 0) {
                    line.restart();
                }
                if (random.nextInt(6) == 0) {
                    tight.evict(TENANT, line.name(), random.ints(2, 0, 50).boxed().toList());
                }
                outcomes.add(line.apply(step));
                mostTrimmed = Math.max(mostTrimmed, tight.trimmed(TENANT, line.name()));
            }
            assertThat(outcomes).isEqualTo(expected);
            assertThat(mostTrimmed).isPositive();
            assertSameBits(tight.checksums(TENANT, line.name()), roomy.checksums(TENANT, straight.name()));
        }
    }

    /** Of a block that a branch found in the store, what was trimmed by then is not known. */
    private static void assertSameBits(List<List<Long>> known, List<List<Long>> whole) {
        assertThat(known).zipSatisfy(whole, (some, all) -> assertThat(all).startsWith(some.toArray(Long[]::new)));
    }

    /** A window of whole blocks, and no rounding, so that a warm-up that is too short by a token shows. */
    @Example
    void goingOnCostsNothingAndGoingBackIsComputedFromAsFarBackAsTheWindowsReach() {
        String model = ShortWindow.model("gemma3", 320, 129).toString();
        MemoryPolicy policy =
                MemoryPolicy.sparse().sinks(64).window(64).topK(1).candidates(0).refresh(8).kv(KvFormat.F32);
        try (House roomy = new House();
                House tight = tight()) {
            Session straight = roomy.session(TENANT, "s", model, policy);
            Session resting = tight.session(TENANT, "resting", model, policy);
            say(resting, "a session that rests while another goes on, but for its fork, which rests as well", 200);
            resting.fork("fork").rewind(1);
            Session session = tight.session(TENANT, "s", model, policy);
            for (int turn = 0; turn < 12; turn++) {
                String text = "something is said, and it is the number " + turn + " of what is said, ".repeat(3);
                Reply reply = say(session, text, 60);
                assertThat(reply.tokens()).isEqualTo(say(straight, text, 60).tokens());
                assertThat(reply.receipt().rebuilt()).as("what going on cost").isZero();
            }
            int full = tight.checksums(TENANT, "s").size();
            assertThat(tight.trimmed(TENANT, "s")).isBetween(full - 12L, full - 3L);
            assertThat(tight.findings()).isEmpty();
            assertThat(say(resting.fork("later"), "on", 5).receipt().rebuilt()).isZero();
            assertThat(say(resting, "on", 5).receipt().rebuilt()).isZero();
            assertThat(say(tight.session(TENANT, "fork"), "on", 5).receipt().rebuilt()).isZero();

            session.rewind(10);
            straight.rewind(10);
            int position = session.describe().tokens();
            int firstSeen = (position - 1 - 128) / BLOCK;
            Reply back = say(session, "and now", 70);
            assertThat(back.tokens()).isEqualTo(say(straight, "and now", 70).tokens());
            assertThat(back.receipt().rebuiltReason()).hasValueSatisfying(why -> assertThat(why).contains("trimmed"));
            int warmUp = WINDOWED_LAYERS * 2;
            assertThat(back.receipt().rebuilt())
                    .as("tokens computed again at %s, of which the first %s blocks are seen", position, firstSeen)
                    .isBetween(warmUp * BLOCK, position - (firstSeen - warmUp) * BLOCK);
            assertThat(tight.checksums(TENANT, "s")).isEqualTo(roomy.checksums(TENANT, "s"));
            assertThat(say(session, "and on", 5).receipt().rebuilt()).isZero();
        }
    }

    @Example
    void aRepairComputesLostBlocksFarBehindAndMissesNothingThatWasTrimmed() {
        String model = ShortWindow.model("gemma3", 320, 65).toString();
        MemoryPolicy policy =
                MemoryPolicy.sparse().sinks(64).window(64).topK(1).candidates(0).refresh(8).kv(KvFormat.I8);
        try (House tight = tight()) {
            Session session = tight.session(TENANT, "s", model, policy);
            for (int turn = 0; turn < 12; turn++) {
                Reply unused = say(session, "this is turn " + turn + " of a few ".repeat(4), 100);
            }
            List<List<Long>> before = tight.checksums(TENANT, "s");
            assertThat(tight.trimmed(TENANT, "s")).isGreaterThan(8);
            assertThat(tight.findings()).isEmpty();
            tight.evict(TENANT, "s", List.of(3, 10, 11));
            assertThat(tight.findings()).singleElement().asString().contains("blocks 3, 10–11");
            assertThat(tight.repair()).isEmpty();
            assertThat(tight.checksums(TENANT, "s")).isEqualTo(before);
            assertThat(say(session, "and on", 5).receipt().rebuilt()).isZero();
        }
    }
}
