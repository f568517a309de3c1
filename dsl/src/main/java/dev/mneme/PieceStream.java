package dev.mneme;

import dev.mneme.persistence.event.FinishReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A reply as a reactive stream with one subscriber. The engine is told of tokens that were read: all at once while nobody
 * has subscribed, and as the subscriber takes them from then on. The subscriber is called on the given executor, one
 * call at a time, and first of all with its subscription.
 *
 * <p>A subscriber that throws, or asks for less than one piece, is done with: the turn is cancelled.
 */
final class PieceStream implements Flow.Publisher<Piece> {
    private final Executor executor;
    private final ScheduledExecutorService clock;
    private final Duration patience;
    private final Queue<Piece> pieces = new ArrayDeque<>();
    private IntConsumer read = tokens -> {};
    private Consumer<FinishReason> abandoned = reason -> {};
    private Flow.@Nullable Subscriber<? super Piece> subscriber;
    private @Nullable ScheduledFuture<?> deadline;
    private @Nullable Throwable failure;
    private long demand;
    /** How many pieces at the head of the queue the engine was told of before there was a subscriber. */
    private int toldEarly;
    private boolean ended;
    private boolean done;
    private boolean draining;

    /**
     * A stream without pieces.
     *
     * @param executor calls the subscriber
     * @param clock measures patience
     * @param patience how long a subscriber may leave pieces lying without asking for one
     */
    PieceStream(Executor executor, ScheduledExecutorService clock, Duration patience) {
        this.executor = executor;
        this.clock = clock;
        this.patience = patience;
    }

    synchronized void readBy(IntConsumer reader) {
        read = reader;
    }

    synchronized void onAbandoned(Consumer<FinishReason> listener) {
        abandoned = listener;
    }

    void add(Piece piece) {
        synchronized (this) {
            if (done) {
                read.accept(piece.tokens().size());
                return;
            }
            pieces.add(piece);
            if (subscriber == null) {
                toldEarly++;
                read.accept(piece.tokens().size());
                return;
            }
        }
        drainLater();
    }

    void complete() {
        synchronized (this) {
            ended = true;
        }
        drainLater();
    }

    void fail(Throwable cause) {
        synchronized (this) {
            ended = true;
            failure = cause;
        }
        drainLater();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Piece> reader) {
        Objects.requireNonNull(reader, "subscriber");
        boolean accepted;
        synchronized (this) {
            accepted = subscriber == null;
            if (accepted) {
                subscriber = reader;
                draining = true; // nothing before onSubscribe has returned
            }
        }
        if (accepted) {
            reader.onSubscribe(new Demand());
            executor.execute(this::drain);
        } else {
            reader.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long count) {}

                @Override
                public void cancel() {}
            });
            reader.onError(new IllegalStateException("a turn's stream has one reader, and it has one already"));
        }
    }

    private void drainLater() {
        synchronized (this) {
            if (subscriber == null || draining || done) {
                return;
            }
            draining = true;
        }
        try {
            executor.execute(this::drain);
        } catch (RejectedExecutionException closed) {
            // Mneme is closed; what the reader had not asked for by then is in the journal.
            synchronized (this) {
                done = true;
            }
        }
    }

    private void drain() {
        while (true) {
            Signal signal = nextSignal();
            if (signal == null) {
                return;
            }
            try {
                signal.toSubscriber().run();
            } catch (RuntimeException | Error e) {
                abandon(FinishReason.CANCELLED);
                throw e;
            }
            signal.afterwards().run();
        }
    }

    /** What the subscriber is told next, and what follows from its having taken it. */
    private record Signal(Runnable toSubscriber, Runnable afterwards) {
        static Signal last(Runnable toSubscriber) {
            return new Signal(toSubscriber, () -> {});
        }
    }

    private synchronized @Nullable Signal nextSignal() {
        Flow.Subscriber<? super Piece> reader = subscriber;
        if (reader == null || done) {
            draining = false;
            return null;
        }
        if (demand > 0 && !pieces.isEmpty()) {
            demand--;
            Piece piece = pieces.remove();
            IntConsumer engine = read;
            int unread = toldEarly > 0 ? 0 : piece.tokens().size();
            toldEarly = Math.max(0, toldEarly - 1);
            return new Signal(() -> reader.onNext(piece), () -> engine.accept(unread));
        }
        if (pieces.isEmpty() && ended) {
            done = true;
            Throwable error = failure;
            return Signal.last(error == null ? reader::onComplete : () -> reader.onError(error));
        }
        if (!pieces.isEmpty() && deadline == null && !clock.isShutdown()) {
            deadline = clock.schedule(this::giveUp, patience.toMillis(), TimeUnit.MILLISECONDS);
        }
        draining = false;
        return null;
    }

    private void giveUp() {
        Consumer<FinishReason> listener;
        synchronized (this) {
            if (demand > 0 || done) {
                return;
            }
            listener = abandoned;
        }
        listener.accept(FinishReason.TIMED_OUT);
    }

    /** Forgets the subscriber and everything for it; false if that was done before. */
    private boolean abandon(FinishReason reason) {
        Consumer<FinishReason> listener;
        synchronized (this) {
            if (done) {
                return false;
            }
            done = true;
            pieces.clear();
            listener = abandoned;
        }
        listener.accept(reason);
        return true;
    }

    private final class Demand implements Flow.Subscription {
        @Override
        public void request(long count) {
            if (count < 1) {
                refuse(count);
                return;
            }
            synchronized (PieceStream.this) {
                demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
                if (deadline != null) {
                    deadline.cancel(false);
                    deadline = null;
                }
            }
            drainLater();
        }

        private void refuse(long count) {
            Flow.Subscriber<? super Piece> reader = subscriber;
            if (reader != null && abandon(FinishReason.CANCELLED)) {
                executor.execute(() -> reader.onError(
                        new IllegalArgumentException("a subscriber asks for at least one piece, not " + count)));
            }
        }

        @Override
        public void cancel() {
            abandon(FinishReason.CANCELLED);
        }
    }
}
