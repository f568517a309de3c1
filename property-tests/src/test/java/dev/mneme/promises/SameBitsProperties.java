package dev.mneme.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.MemoryPolicy;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.Turn;
import dev.mneme.promises.Talk.Line;
import dev.mneme.promises.Talk.Transcript;
import dev.mneme.runtime.kv.KvFormat;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Promise 2, pure: the bits of keys and values are a function of the model and the tokens alone. Tenants share no block,
 * so equal checksums under two tenants were computed twice.
 */
class SameBitsProperties {
    @Provide
    Arbitrary<Talk> talks() {
        Arbitrary<String> texts =
                Arbitraries.strings().withCharRange('a', 'z').withChars(' ', 'é', '世').ofMinLength(1).ofMaxLength(60);
        Arbitrary<Line> lines = Combinators.combine(texts, Arbitraries.integers().between(1, 70)).as(Line::new);
        return Combinators.combine(lines.list().ofMinSize(3).ofMaxSize(4), Arbitraries.longs()).as(Talk::new);
    }

    @Provide
    Arbitrary<String> models() {
        return Arbitraries.of("llama", "gemma3", "qwen2").map(House::tiny);
    }

    @Provide
    Arbitrary<MemoryPolicy> memories() {
        return Arbitraries.of(
                MemoryPolicy.dense().kv(KvFormat.F16),
                MemoryPolicy.dense().kv(KvFormat.F32),
                MemoryPolicy.dense().kv(KvFormat.I8),
                MemoryPolicy.sparse(),
                MemoryPolicy.sparse().kv(KvFormat.K8V4));
    }

    @Provide
    Arbitrary<List<Integer>> stretches() {
        return Arbitraries.integers().between(1, 40).list().ofMinSize(1).ofMaxSize(6);
    }

    @Example
    void restartedAtEveryTokenIsNotRestarted() {
        Talk talk = new Talk(List.of(new Line("Once there was a cat who sat on a mat and wrote", 150), new Line(" It said:", 50)), 11);
        try (House house = new House()) {
            String model = House.tiny("llama");
            Transcript whole = talk.hold(house.session("straight", "s", model, MemoryPolicy.dense()));
            Transcript restarted = talk.hold(
                    house.session("restarted", "s", model, MemoryPolicy.dense()), List.of(1), () -> {
                        house.restart();
                        return house.session("restarted", "s");
                    });

            assertThat(restarted).isEqualTo(whole);
            assertSameBlocks(house, "restarted", "straight", "s");
        }
    }

    @Property(tries = 3, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void restartedAtAnyTokenIsNotRestarted(
            @ForAll("talks") Talk talk,
            @ForAll("models") String model,
            @ForAll("memories") MemoryPolicy memory,
            @ForAll("stretches") List<Integer> stretches) {
        try (House house = new House()) {
            Transcript whole = talk.hold(house.session("straight", "s", model, memory));
            int[] count = {0};
            Transcript restarted = talk.hold(house.session("restarted", "s", model, memory), stretches, () -> {
                if (count[0]++ < 6) {
                    house.restart();
                }
                return house.session("restarted", "s");
            });

            assertThat(restarted).isEqualTo(whole);
            assertSameBlocks(house, "restarted", "straight", "s");
        }
    }

    @Property(tries = 3, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void inCompanyIsAlone(@ForAll("talks") Talk talk, @ForAll("models") String model, @ForAll("memories") MemoryPolicy memory) {
        try (House house = new House()) {
            List<Session> alone = new ArrayList<>();
            List<Session> together = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                alone.add(house.session("alone", "s" + i, model, memory));
                together.add(house.session("together", "s" + i, model, memory));
            }
            for (Line line : talk.lines()) {
                List<Turn> turns = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    turns.add(together.get(i).start(line.text() + i, talk.options().withMaxTokens(line.replyTokens())));
                }
                for (int i = 0; i < 4; i++) {
                    Reply reply = alone.get(i).say(line.text() + i, talk.options().withMaxTokens(line.replyTokens()));
                    assertThat(turns.get(i).await().tokens()).isEqualTo(reply.tokens());
                }
            }
            for (int i = 0; i < 4; i++) {
                assertSameBlocks(house, "together", "alone", "s" + i);
            }
        }
    }

    @Property(tries = 3, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void forkedIsNotForked(
            @ForAll("talks") Talk before,
            @ForAll("talks") Talk elsewhere,
            @ForAll("talks") Talk after,
            @ForAll("models") String model,
            @ForAll("memories") MemoryPolicy memory) {
        try (House house = new House()) {
            Session parent = house.session("forked", "parent", model, memory);
            before.hold(parent);
            Session fork = parent.fork("s");
            elsewhere.hold(parent);
            Transcript forked = after.hold(fork);

            Session straight = house.session("straight", "s", model, memory);
            before.hold(straight);
            assertThat(forked).isEqualTo(after.hold(straight));
            assertSameBlocks(house, "forked", "straight", "s");
        }
    }

    @Property(tries = 3, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void rewoundIsNeverSaid(
            @ForAll("talks") Talk before,
            @ForAll("talks") Talk undone,
            @ForAll("talks") Talk after,
            @ForAll("models") String model,
            @ForAll("memories") MemoryPolicy memory) {
        try (House house = new House()) {
            Session session = house.session("rewound", "s", model, memory);
            before.hold(session);
            int turns = session.describe().turns();
            undone.hold(session);
            session.rewind(turns);
            Transcript rewound = after.hold(session);

            Session straight = house.session("straight", "s", model, memory);
            before.hold(straight);
            assertThat(rewound).isEqualTo(after.hold(straight));
            assertSameBlocks(house, "rewound", "straight", "s");
        }
    }

    @Provide
    Arbitrary<List<Integer>> waysBack() {
        return Arbitraries.of(0, 0, 1, 1, 2, 3).list().ofSize(9);
    }

    /** Its parent's text before and after that point are in one block, which is sealed: only the first rows are its own. */
    @Example
    void aForkThatWentBackToBeforeItsBeginningHasNothingOfWhatCameAfter() {
        Talk first = new Talk(List.of(new Line("the first line of all that were said", 70)), 5);
        Talk unwanted = first.with(new Line("a second line of words that nobody wants", 70));
        Talk last = first.with(new Line("and something else is said now, in the fork", 70));
        try (House house = new House()) {
            Session parent = house.session("forked", "parent", House.tiny("llama"), MemoryPolicy.dense());
            first.hold(parent);
            unwanted.hold(parent);
            Session fork = parent.fork("s");
            fork.rewind(1);
            Transcript forked = last.hold(fork);

            Session straight = house.session("straight", "s", House.tiny("llama"), MemoryPolicy.dense());
            first.hold(straight);
            assertThat(forked).isEqualTo(last.hold(straight));
            assertSameBlocks(house, "forked", "straight", "s");
        }
    }

    /** Each step leaves two branches behind that go on otherwise, the nearer of which may share less than the farther. */
    @Property(tries = 6, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void whateverWasLeftOnTheWayWasNeverSaid(
            @ForAll("talks") Talk talk,
            @ForAll("models") String model,
            @ForAll("memories") MemoryPolicy memory,
            @ForAll("waysBack") List<Integer> waysBack) {
        try (House house = new House()) {
            Session session = house.session("wandering", "s", model, memory);
            List<Line> kept = new ArrayList<>();
            for (int step = 0; step < waysBack.size(); step++) {
                Line line = talk.lines().get(step % talk.lines().size());
                kept.add(new Line(step + line.text(), line.replyTokens()));
                talk.with(kept.getLast()).hold(session);
                session = session.fork("s" + step);
                int back = Math.max(0, kept.size() - waysBack.get(step));
                session.rewind(back);
                kept.subList(back, kept.size()).clear();
            }
            kept.add(new Line("and at last", 70));
            Transcript wandering = talk.with(kept.getLast()).hold(session);

            Session straight = house.session("straight", session.name(), model, memory);
            talk.with(kept.subList(0, kept.size() - 1)).hold(straight);
            assertThat(wandering).isEqualTo(talk.with(kept.getLast()).hold(straight));
            assertSameBlocks(house, "wandering", "straight", session.name());
        }
    }

    @Property(tries = 3, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void lostBlocksComeBackWithEqualBits(
            @ForAll("talks") Talk before,
            @ForAll("talks") Talk after,
            @ForAll("models") String model,
            @ForAll("memories") MemoryPolicy memory,
            @ForAll("stretches") List<Integer> lost) {
        try (House house = new House()) {
            Session session = house.session("lossy", "s", model, memory);
            before.hold(session);
            int full = house.checksums("lossy", "s").size();
            house.evict("lossy", "s", lost);
            Transcript lossy = after.hold(session);

            Session straight = house.session("straight", "s", model, memory);
            before.hold(straight);
            assertThat(lossy).isEqualTo(after.hold(straight));
            assertSameBlocks(house, "lossy", "straight", "s");
            assertThat(house.checksums("lossy", "s").size()).isGreaterThanOrEqualTo(full);
        }
    }

    /** So that they can be compared when they are computed again, and their windows kept while they are seen. */
    @Property(tries = 3, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void whatASessionFindsOfAnotherIsNotedAsItsOwn(
            @ForAll("talks") Talk talk, @ForAll("models") String model, @ForAll("memories") MemoryPolicy memory) {
        try (House house = new House()) {
            Transcript first = talk.hold(house.session("t", "first", model, memory));
            assertThat(talk.hold(house.session("t", "second", model, memory))).isEqualTo(first);
            assertThat(house.checksums("t", "second")).isEqualTo(house.checksums("t", "first"));
        }
    }

    private static void assertSameBlocks(House house, String tenant, String other, String session) {
        List<List<Long>> blocks = house.checksums(tenant, session);
        assertThat(blocks).isEqualTo(house.checksums(other, session));
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(
                (house.session(tenant, session).describe().tokens() - 1) / 64);
    }
}
