package dev.mneme.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mneme.Finding;
import dev.mneme.MemoryPolicy;
import dev.mneme.Recall;
import dev.mneme.Recalled;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.ShortWindow;
import dev.mneme.Turn;
import dev.mneme.TurnInfo;
import dev.mneme.TurnOptions;
import dev.mneme.runtime.kv.KvFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Looking back at a turn, inside and past the window: what is told depends on what was said alone, and nothing on the telling. */
class RecallProperties {
    private static final String NAME = "s";
    private static final int WINDOW = 384;
    private static final int BLOCK = 64;

    @Provide
    Arbitrary<String> models() {
        return Arbitraries.of("llama", "gemma3", "qwen2")
                .map(name -> ShortWindow.model(name, WINDOW).toString());
    }

    /** Plans of at most five blocks, which is what the window allows. */
    @Provide
    Arbitrary<MemoryPolicy> policies() {
        return Arbitraries.of(
                MemoryPolicy.sparse().sinks(64).window(64).topK(1).candidates(0).refresh(8),
                MemoryPolicy.sparse().sinks(0).window(64).topK(2).candidates(3).refresh(16).survey(32).kv(KvFormat.I8),
                MemoryPolicy.sparse().sinks(0).window(128).topK(1).candidates(2).refresh(64).kv(KvFormat.K8V4));
    }

    @Provide
    Arbitrary<List<String>> texts() {
        return Arbitraries.strings().withCharRange('a', 'z').withChars(' ').ofMinLength(1).ofMaxLength(80)
                .list().ofMinSize(6).ofMaxSize(10);
    }

    private static Reply say(Session session, String text, long seed) {
        int tokens = 1 + new Random(seed ^ text.hashCode()).nextInt(90);
        return session.say(text, TurnOptions.defaults().withTemperature(1).withSeed(seed).withMaxTokens(tokens));
    }

    private static void assertShares(Recall recall) {
        assertThat(recall.stretches().stream().mapToDouble(Recalled::share).sum()).isCloseTo(1, within(1e-5));
        assertThat(recall.stretches()).allMatch(stretch -> stretch.share() >= 0);
        assertThat(recall.ownShare()).isBetween(0.0, 1 + 1e-5);
    }

    private static Set<Integer> blocks(Recall recall) {
        Set<Integer> blocks = new TreeSet<>();
        recall.stretches().forEach(stretch -> {
            for (int block = stretch.tokens().from() / BLOCK; block * BLOCK < stretch.tokens().to(); block++) {
                blocks.add(block);
            }
        });
        return blocks;
    }

    @Property(tries = 4, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void recallsChangeNothingAndRestartsAndLostBlocksDoNotShowInThem(
            @ForAll("models") String model,
            @ForAll("policies") MemoryPolicy policy,
            @ForAll("texts") List<String> texts,
            @ForAll long seed) {
        Random random = new Random(seed);
        try (House house = new House()) {
            Session straight = house.session("straight", NAME, model, policy);
            Session asked = house.session("asked", NAME, model, policy);
            for (String text : texts) {
                Reply expected = say(straight, text, seed);
                Reply reply = say(asked, text, seed);
                assertThat(reply.tokens()).isEqualTo(expected.tokens());
                assertThat(reply.receipt().attended()).isEqualTo(expected.receipt().attended());

                long events = house.events("asked", NAME);
                List<String> tails = house.tails("asked");
                Recall recall = asked.recall();
                assertShares(recall);
                if (random.nextInt(3) == 0) {
                    house.restart();
                    straight = house.session("straight", NAME);
                    asked = house.session("asked", NAME);
                    assertThat(asked.recall()).as("after a restart").isEqualTo(recall);
                }
                if (random.nextInt(3) == 0) {
                    house.evict("asked", NAME, random.ints(3, 0, 20).boxed().toList());
                    assertThat(asked.recall()).as("after blocks were lost").isEqualTo(recall);
                }
                assertThat(house.events("asked", NAME)).isEqualTo(events);
                assertThat(house.tails("asked")).isEqualTo(tails);
            }
            assertThat(straight.recall()).isEqualTo(asked.recall());
            assertThat(house.checksums("asked", NAME)).isEqualTo(house.checksums("straight", NAME));
            assertThat(house.findings()).isEmpty();
        }
    }

    @Property(tries = 4, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void allOfItLostAndOthersAtWorkItIsTheSame(
            @ForAll("models") String model,
            @ForAll("policies") MemoryPolicy policy,
            @ForAll("texts") List<String> texts,
            @ForAll long seed) {
        try (House house = new House()) {
            Session session = house.session("t", NAME, model, policy);
            texts.forEach(text -> say(session, text, seed));
            Recall alone = session.recall();
            assertShares(alone);
            house.lose("t", NAME);
            assertThat(session.recall()).as("with all blocks lost").isEqualTo(alone);
            List<Turn> others = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Session other = house.session("t", "other" + i, model, policy);
                others.add(other.start(texts.get(i), TurnOptions.defaults().withMaxTokens(3_000)));
            }
            assertThat(session.recall()).as("in company").isEqualTo(alone);
            house.evict("t", NAME, IntStream.range(0, 10).map(i -> 2 * i + 1).boxed().toList());
            assertThat(session.recall()).as("in company, with every other block lost").isEqualTo(alone);
            others.forEach(Turn::cancel);
        }
    }

    /** Without retrieval a plan is known beforehand: sinks, pinned blocks, the local window and the own block. */
    @Property(tries = 4, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void pastTheWindowThePlanIsNamedAndNothingElseAndAPinnedTurnIsInIt(
            @ForAll("models") String model, @ForAll("texts") List<String> texts, @ForAll long seed) {
        MemoryPolicy policy = MemoryPolicy.sparse().sinks(64).window(64).topK(0).candidates(0).refresh(8);
        try (House house = new House()) {
            Session session = house.session("t", NAME, model, policy);
            say(session, "the beginning".repeat(12), seed);
            TurnOptions few = TurnOptions.greedy().withMaxTokens(5);
            int pinned = session.say("this is the pin", few).turn();
            session.pin(pinned);
            texts.forEach(text -> say(session, text, seed));
            session.ingest("and so on and on".repeat(24), few).await();
            session.say("what was it?", few);
            Recall recall = session.recall();

            TurnInfo pin = session.turns().get(pinned - 1);
            TurnInfo last = session.turns().getLast();
            Set<Integer> expected = new TreeSet<>();
            for (int query = last.position() + last.promptTokens() - 1; query < last.end() - 1; query++) {
                expected.addAll(Set.of(0, query / BLOCK - 1, query / BLOCK));
            }
            for (int block = pin.position() / BLOCK; block * BLOCK < pin.end(); block++) {
                expected.add(block);
            }
            assertThat(blocks(recall)).isEqualTo(expected);
            assertShares(recall);
            assertThat(recall.stretches()).anyMatch(stretch ->
                    stretch.firstTurn() <= pinned && pinned <= stretch.lastTurn() && stretch.share() > 0);

            house.evict("t", NAME, List.of(last.position() / BLOCK - 3));
            List<Finding> lost = house.findings();
            assertThat(lost).as("a block that is in no plan").isNotEmpty();
            assertThat(session.recall()).isEqualTo(recall);
            assertThat(house.findings()).as("it is not read, so it is not computed again").isEqualTo(lost);
        }
    }
}
