package dev.mneme.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.Session;
import dev.mneme.promises.Talk.Line;
import dev.mneme.promises.Talk.Transcript;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * Promises 2 to 4 as a user sees them, on the real model: whatever a conversation goes through on its way, it gets the
 * replies that it would have got.
 */
@AddLifecycleHook(RealModel.class)
class ConversationProperties {
    private static final String SYSTEM = "You are a helpful assistant. Be brief.";
    private static final int THREADS = 2;

    /** What comes between: each leaves the conversation where it was. */
    enum Disturbance {
        NONE,
        /** The process ends, and another one goes on. */
        RESTART,
        /** The conversation goes on in a fork, while its parent says something else. */
        FORK,
        /** Something else is said, and taken back. */
        REWIND
    }

    @Provide
    Arbitrary<List<Line>> lines() {
        Arbitrary<String> texts = Arbitraries.of(
                "My cat is called Miso, and she is three years old.",
                "What is my cat called?",
                "Write one sentence about the sea.",
                "And then?",
                "Count from one to twelve.",
                "¿Y en español? 世界 😀",
                "Name three colours, one on each line.");
        return Combinators.combine(texts, Arbitraries.integers().between(6, 30))
                .as(Line::new)
                .list()
                .ofSize(3);
    }

    @Provide
    Arbitrary<List<Integer>> stretches() {
        return Arbitraries.integers().between(1, 12).list().ofMinSize(2).ofMaxSize(5);
    }

    @Provide
    Arbitrary<List<Disturbance>> disturbances() {
        return Arbitraries.frequency(
                        Tuple.of(2, Disturbance.NONE),
                        Tuple.of(2, Disturbance.RESTART),
                        Tuple.of(3, Disturbance.FORK),
                        Tuple.of(3, Disturbance.REWIND))
                .list()
                .ofSize(6);
    }

    @Property(tries = 5, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void aDisturbedConversationGetsTheLikeliestReplies(
            @ForAll("lines") List<Line> lines,
            @ForAll("stretches") List<Integer> stretches,
            @ForAll("disturbances") List<Disturbance> disturbances) {
        assertUndisturbed(new Talk(lines, 0, 0), stretches, disturbances);
    }

    @Property(tries = 5, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void aDisturbedConversationGetsTheRepliesThatItsSeedDraws(
            @ForAll("lines") List<Line> lines,
            @ForAll long seed,
            @ForAll("stretches") List<Integer> stretches,
            @ForAll("disturbances") List<Disturbance> disturbances) {
        assertUndisturbed(new Talk(lines, 0.9f, seed), stretches, disturbances);
    }

    private static void assertUndisturbed(Talk talk, List<Integer> stretches, List<Disturbance> disturbances) {
        String model = RealModel.path().toString();
        try (House house = new House(THREADS)) {
            Transcript quiet = talk.hold(house.chat("quiet", "s", model, SYSTEM));
            Disturber disturber = new Disturber(house, house.chat("disturbed", "s", model, SYSTEM), disturbances);
            assertThat(talk.hold(disturber.session, stretches, disturber::next)).isEqualTo(quiet);
        }
    }

    /** Takes the conversation through one disturbance after the other. */
    private static final class Disturber {
        private static final Talk ASIDE = new Talk(List.of(new Line("By the way, what about dogs?", 4)), 5);

        private final House house;
        private final List<Disturbance> disturbances;
        private Session session;
        private int count;

        Disturber(House house, Session session, List<Disturbance> disturbances) {
            this.house = house;
            this.session = session;
            this.disturbances = disturbances;
        }

        /** The session to go on with. */
        Session next() {
            if (count < disturbances.size()) {
                disturb(disturbances.get(count));
            }
            count++;
            return session;
        }

        private void disturb(Disturbance disturbance) {
            switch (disturbance) {
                case NONE -> {}
                case RESTART -> {
                    house.restart();
                    session = house.session("disturbed", session.name());
                }
                case FORK -> {
                    Session parent = session;
                    session = parent.fork("s" + count);
                    Transcript unused = ASIDE.hold(parent);
                }
                case REWIND -> {
                    int turns = session.describe().turns();
                    Transcript unused = ASIDE.hold(session);
                    session.rewind(turns);
                }
            }
        }
    }
}
