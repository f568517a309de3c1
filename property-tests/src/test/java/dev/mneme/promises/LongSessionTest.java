package dev.mneme.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.MemoryPolicy;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.ShortWindow;
import dev.mneme.Turn;
import dev.mneme.TurnOptions;
import dev.mneme.store.StoreOptions;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A session far past its window, so long that its summaries fill whole chunks, which the store then keeps. */
class LongSessionTest {
    private static final String NAME = "long";
    private static final TurnOptions FEW = TurnOptions.greedy().withMaxTokens(12);
    private static final MemoryPolicy MEMORY =
            MemoryPolicy.sparse().sinks(0).window(64).topK(2).candidates(4).refresh(8);

    private final String model = ShortWindow.model("llama", 320).toString();
    private final String text = text();

    private static String text() {
        Random random = new Random(11);
        return IntStream.range(0, 9_000)
                .mapToObj(i -> String.valueOf("abcdefgh ".charAt(random.nextInt(9))))
                .collect(Collectors.joining());
    }

    private Session told(House house, String tenant) {
        Session session = house.session(tenant, NAME, model, MEMORY);
        assertThat(session.ingest(text, FEW).await().receipt().contextTokens()).isGreaterThan(64 * 64 + 320);
        return session;
    }

    /** In company a lost block is computed again a few tokens at a time, and may itself retrieve blocks that are lost. */
    @Test
    void blocksLostInCompanyDoNotShow() {
        MemoryPolicy memory = MemoryPolicy.sparse().sinks(0).window(64).topK(2).candidates(0).refresh(8);
        try (House house = new House(2)) {
            Session straight = house.session("straight", NAME, model, memory);
            Session disturbed = house.session("disturbed", NAME, model, memory);
            for (Session session : List.of(straight, disturbed)) {
                session.ingest(text.substring(0, 4_000), FEW).await();
            }
            List<Turn> company = IntStream.range(0, 14)
                    .mapToObj(i -> house.session("disturbed", "other" + i, model, memory)
                            .ingest(text.substring(i + 1), FEW))
                    .toList();
            house.evict("disturbed", NAME, IntStream.range(0, 60).filter(i -> i % 2 == 1).boxed().toList());
            Reply reply = disturbed.say("de", FEW);
            assertThat(reply.tokens()).isEqualTo(straight.say("de", FEW).tokens());
            assertThat(reply.receipt().rebuilt()).isPositive();
            company.forEach(Turn::cancel);
            assertThat(house.checksums("disturbed", NAME)).isEqualTo(house.checksums("straight", NAME));
        }
    }

    /** What is retrieved is another thing all the time; what a turn does not read any more it gives up before it ends. */
    @Test
    void aTurnHoldsNoMoreThanItsLastStepsRead() {
        try (House house = new House(2)) {
            Session session = told(house, "t");
            int blocks = house.usage("t").blocks();
            Turn turn = session.start("abc", TurnOptions.defaults().withTemperature(1).withSeed(3).withMaxTokens(160));
            int most = 0;
            while (!turn.completion().toCompletableFuture().isDone()) {
                most = Math.max(most, house.usage("t").leases());
            }
            assertThat(most).isBetween(1, blocks / 2);
        }
    }

    /**
     * Nothing of it stays in memory but what a step reads, in the middle of a turn too, and all of it comes back as it was, also
     * where steps beside others leave it out for having read.
     */
    @Test
    void aRamBudgetFarBelowItsSizeDoesNotShow() {
        long budget = 4 << 16;
        StoreOptions limits = StoreOptions.defaults().withArenaBytes(16L << 20).withRamBudgetBytes(budget);
        try (House house = new House(2); House small = new House(2, limits)) {
            Session straight = told(house, "t");
            Session squeezed = told(small, "t");
            Session beside = small.session("t", "beside", model, MEMORY);
            assertThat(small.usage("t").payloadBytes()).isGreaterThan(4 * budget);
            for (String said : List.of("abc", "de", "fgh")) {
                Turn company = beside.start(said, TurnOptions.greedy().withMaxTokens(60));
                assertThat(squeezed.say(said, FEW).tokens()).isEqualTo(straight.say(said, FEW).tokens());
                company.await();
                assertThat(small.usage("t").hotBytes()).isLessThanOrEqualTo(budget);
            }
            assertThat(small.checksums("t", NAME)).isEqualTo(house.checksums("t", NAME));
            assertThat(house.usage("t").hotBytes()).isGreaterThan(budget);
            assertThat(small.findings()).isEmpty();
        }
    }

    @Test
    void itGoesOnAfterARestartAfterLostBlocksAndInAForkAsIfNothingHadHappened() {
        try (House house = new House(2)) {
            Session straight = told(house, "straight");
            List<Integer> first = straight.say("abc", FEW).tokens();
            List<Integer> second = straight.say("de", FEW).tokens();

            told(house, "disturbed");
            house.restart();
            Session again = house.session("disturbed", NAME);
            Reply afterRestart = again.say("abc", FEW);
            assertThat(afterRestart.tokens()).isEqualTo(first);
            assertThat(afterRestart.receipt().rebuilt()).isZero();

            house.evict("disturbed", NAME, IntStream.range(0, 60).boxed().toList());
            Reply afterLoss = again.fork("fork").say("de", FEW);
            assertThat(afterLoss.tokens()).isEqualTo(second);
            assertThat(afterLoss.receipt().rebuilt()).isPositive();
            assertThat(again.say("de", FEW).tokens()).isEqualTo(second);
            assertThat(house.checksums("disturbed", NAME)).isEqualTo(house.checksums("straight", NAME));
        }
    }
}
