package dev.mneme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.persistence.event.FinishReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The rules of reactive streams, and what the engine is told of them. */
class PieceStreamTest {
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());

    private final Later later = new Later();
    private final AtomicInteger read = new AtomicInteger();
    private final List<FinishReason> abandoned = new ArrayList<>();
    private final List<String> signals = new ArrayList<>();
    private final PieceStream stream = stream(Duration.ofMinutes(1));

    /** Runs what it was given when the test says so. */
    private static final class Later implements Executor {
        private final Queue<Runnable> tasks = new ArrayDeque<>();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        void run() {
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
        }
    }

    private PieceStream stream(Duration patience) {
        PieceStream created = new PieceStream(later, CLOCK, patience);
        created.readBy(read::addAndGet);
        created.onAbandoned(abandoned::add);
        return created;
    }

    private class Noting implements Flow.Subscriber<Piece> {
        private Flow.Subscription subscription = new Flow.Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {}
        };

        @Override
        public void onSubscribe(Flow.Subscription given) {
            signals.add("subscribed");
            subscription = given;
        }

        @Override
        public void onNext(Piece piece) {
            signals.add(piece.text());
        }

        @Override
        public void onError(Throwable failure) {
            signals.add(failure.getClass().getSimpleName());
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    }

    private static Piece piece(String text) {
        return new Piece(text, List.of(1));
    }

    @Property(tries = 200)
    void piecesComeInOrderNeverMoreThanAskedForAndAreCountedOnce(
            @ForAll @Size(max = 12) List<@IntRange(max = 3) Integer> steps) {
        signals.clear();
        read.set(0);
        PieceStream pieces = stream(Duration.ofMinutes(1));
        Noting reader = new Noting();
        pieces.subscribe(reader);
        int added = 0;
        long asked = 0;
        for (int step : steps) {
            switch (step) {
                case 0 -> pieces.add(piece("p" + added++));
                case 1 -> {
                    reader.subscription.request(2);
                    asked += 2;
                }
                case 2 -> later.run();
                default -> {
                    reader.subscription.request(1);
                    asked++;
                }
            }
            assertThat(signals.size() - 1).isLessThanOrEqualTo((int) Math.min(asked, added));
        }
        later.run();
        long delivered = Math.min(asked, added);
        assertThat(signals).hasSize((int) delivered + 1);
        for (int i = 0; i < delivered; i++) {
            assertThat(signals.get(i + 1)).isEqualTo("p" + i);
        }
        assertThat(read.get()).isEqualTo((int) delivered);
        pieces.complete();
        reader.subscription.request(100);
        later.run();
        assertThat(signals.getLast()).isEqualTo("complete");
        assertThat(read.get()).isEqualTo(added);
    }

    @Test
    void piecesOfBeforeTheSubscriptionAreCountedAtOnceAndOnlyOnce() {
        stream.add(piece("a"));
        stream.add(piece("b"));
        assertThat(read.get()).isEqualTo(2);
        Noting reader = new Noting();
        stream.subscribe(reader);
        stream.add(piece("c"));
        reader.subscription.request(3);
        later.run();

        assertThat(signals).containsExactly("subscribed", "a", "b", "c");
        assertThat(read.get()).isEqualTo(3);
    }

    @Test
    void nothingComesBeforeTheSubscription() {
        stream.fail(new IllegalStateException());
        stream.subscribe(new Noting() {
            @Override
            public void onSubscribe(Flow.Subscription given) {
                given.request(1);
                stream.complete();
                later.run();
                super.onSubscribe(given);
            }
        });
        later.run();

        assertThat(signals).containsExactly("subscribed", "IllegalStateException");
    }

    @Test
    void piecesComeBeforeTheError() {
        Noting reader = new Noting();
        stream.subscribe(reader);
        stream.add(piece("a"));
        stream.fail(new IllegalStateException());
        later.run();
        assertThat(signals).containsExactly("subscribed");
        reader.subscription.request(1);
        later.run();

        assertThat(signals).containsExactly("subscribed", "a", "IllegalStateException");
    }

    @Test
    void askingForNothingIsAnErrorAtOnce() {
        Noting reader = new Noting();
        stream.subscribe(reader);
        stream.add(piece("a"));
        reader.subscription.request(0);
        later.run();
        reader.subscription.request(1);
        reader.subscription.request(-1);
        later.run();

        assertThat(signals).containsExactly("subscribed", "IllegalArgumentException");
        assertThat(abandoned).containsExactly(FinishReason.CANCELLED);
    }

    @Test
    void aSecondSubscriberIsRefused() {
        stream.subscribe(new Noting());
        stream.subscribe(new Noting());
        later.run();

        assertThat(signals).containsExactly("subscribed", "subscribed", "IllegalStateException");
        assertThat(abandoned).isEmpty();
    }

    @Test
    void afterCancelNothingComesAndTheEngineIsNotHeldUp() {
        Noting reader = new Noting();
        stream.subscribe(reader);
        reader.subscription.cancel();
        reader.subscription.cancel();
        stream.add(piece("a"));
        stream.complete();
        reader.subscription.request(5);
        later.run();

        assertThat(signals).containsExactly("subscribed");
        assertThat(abandoned).containsExactly(FinishReason.CANCELLED);
        assertThat(read.get()).isEqualTo(1);
    }

    @Test
    void aSubscriberThatThrowsIsDoneWith() {
        stream.subscribe(new Noting() {
            @Override
            public void onSubscribe(Flow.Subscription given) {
                super.onSubscribe(given);
                given.request(10);
            }

            @Override
            public void onNext(Piece piece) {
                throw new IllegalStateException("reader broke");
            }
        });
        stream.add(piece("a"));
        assertThatThrownBy(later::run).hasMessage("reader broke");
        stream.add(piece("b"));
        later.run();

        assertThat(abandoned).containsExactly(FinishReason.CANCELLED);
        assertThat(read.get()).isEqualTo(1);
    }

    @Test
    void aReaderThatLeavesPiecesLyingIsGivenUpAlsoWhenTheyWereThereBeforeIt() throws Exception {
        PieceStream impatient = stream(Duration.ofMillis(20));
        impatient.add(piece("a"));
        impatient.subscribe(new Noting());
        later.run();
        CLOCK.schedule(() -> {}, 60, TimeUnit.MILLISECONDS).get();

        assertThat(abandoned).containsExactly(FinishReason.TIMED_OUT);
    }

    @Test
    void aReaderThatWaitsForPiecesIsNotGivenUp() throws Exception {
        PieceStream impatient = stream(Duration.ofMillis(20));
        Noting reader = new Noting();
        impatient.subscribe(reader);
        impatient.add(piece("a"));
        reader.subscription.request(2);
        later.run();
        CLOCK.schedule(() -> {}, 60, TimeUnit.MILLISECONDS).get();

        assertThat(abandoned).isEmpty();
        assertThat(signals).containsExactly("subscribed", "a");
    }
}
