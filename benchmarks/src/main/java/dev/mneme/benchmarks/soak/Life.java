package dev.mneme.benchmarks.soak;

import dev.mneme.Finish;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.SessionOpening;
import dev.mneme.Turn;
import dev.mneme.TurnOptions;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One session after the other: each says, reads, forks, rewinds, is cut off and goes on, some twenty times, and is deleted. What
 * comes next is drawn from a seed. A failure ends it.
 */
final class Life {
    private static final int MOST_DEEDS = 40;
    private static final int REPLY = 48;
    /** About 26 tokens each. */
    private static final int MOST_SENTENCES = 256;

    private final String name;
    private final Function<String, SessionOpening> opening;
    private final Work work;
    private final Random random;

    /**
     * A life.
     *
     * @param name begins the names of its sessions
     * @param opening what sessions are opened as
     */
    Life(String name, Function<String, SessionOpening> opening, Work work, long seed) {
        this.name = name;
        this.opening = opening;
        this.work = work;
        this.random = new Random(seed);
    }

    /** Goes on until it is over; the last session is deleted too. */
    void live(BooleanSupplier over) {
        for (int number = 0; !over.getAsBoolean(); number++) {
            Session session = opening.apply(name + "-" + number).open();
            int deeds = random.nextInt(MOST_DEEDS);
            for (int deed = 0; deed < deeds && !over.getAsBoolean(); deed++) {
                session = act(session, number + "-" + deed);
            }
            session.delete();
        }
    }

    /** Does something with a session; answers the one to go on with. */
    private Session act(Session session, String deed) {
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> say(session);
            case 4, 5 -> read(session);
            case 6 -> beCutOff(session);
            case 7 -> recall(session);
            case 8 -> session.rewind(random.nextInt(session.describe().turns() + 1));
            default -> {
                return goOnAsFork(session, name + "-fork-" + deed);
            }
        }
        return session;
    }

    private void say(Session session) {
        work.add(session.say(sentences(1 + random.nextInt(3)), reply()));
    }

    private void read(Session session) {
        int doublings = random.nextInt(Integer.numberOfTrailingZeros(MOST_SENTENCES));
        work.add(session.ingest(sentences((1 << doublings) + random.nextInt(1 << doublings)), reply()).await());
    }

    private void recall(Session session) {
        say(session);
        session.recall();
    }

    /** A reply is stopped somewhere, and then finished. */
    private void beCutOff(Session session) {
        Turn turn = session.start(sentences(4), reply());
        pause(random.nextInt(400));
        turn.cancel();
        Reply cut = turn.completion().toCompletableFuture().join();
        work.add(cut);
        if (cut.finish() == Finish.CANCELLED) {
            work.add(session.resume(reply()).await());
        }
    }

    /** A fork is tried and thrown away, or the session is thrown away and the fork kept. */
    private Session goOnAsFork(Session session, String fork) {
        Session branch = session.fork(fork);
        say(branch);
        if (random.nextBoolean()) {
            branch.delete();
            return session;
        }
        session.delete();
        return branch;
    }

    private TurnOptions reply() {
        return TurnOptions.defaults().withMaxTokens(1 + random.nextInt(REPLY)).withTemperature(0.8f).withSeed(random.nextLong());
    }

    private String sentences(int count) {
        return IntStream.range(0, count)
                .mapToObj(each -> "The box number " + random.nextInt(10_000) + " weighs " + random.nextInt(1000)
                        + " grams and was sold for " + random.nextInt(1000) + " cents.")
                .collect(Collectors.joining(" "));
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
