package dev.mneme;

import dev.mneme.persistence.event.FinishReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A reply as a reactive stream with one subscriber. The engine is told of tokens that were read: all at once while nobody
 * has subscribed, and as the subscriber takes them from then on. The subscriber is called on the given executor, one
 * call at a time.
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
                read.accept(piece.tokens().size());
                return;
            }
            if (demand == 0 && deadline == null) {
                deadline = clock.schedule(this::giveUp, patience.toMillis(), TimeUnit.MILLISECONDS);
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
        boolean accepted;
        synchronized (this) {
            accepted = subscriber == null;
            if (accepted) {
                subscriber = reader;
            }
        }
        if (accepted) {
            reader.onSubscribe(new Demand());
            drainLater();
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

    private void drainLater() {
        synchronized (this) {
            if (subscriber == null || draining || done) {
                return;
            }
            draining = true;
        }
        executor.execute(this::drain);
    }

    private void drain() {
        while (true) {
            Flow.Subscriber<? super Piece> reader;
            Piece next = null;
            Throwable error = null;
            synchronized (this) {
                reader = subscriber;
                if (reader == null || done) {
                    draining = false;
                    return;
                }
                if (demand > 0 && !pieces.isEmpty()) {
                    next = pieces.remove();
                    demand--;
                } else if (pieces.isEmpty() && ended) {
                    done = true;
                    error = failure;
                } else {
                    draining = false;
                    return;
                }
            }
            if (next != null) {
                reader.onNext(next);
                read.accept(next.tokens().size());
            } else if (error != null) {
                reader.onError(error);
            } else {
                reader.onComplete();
            }
        }
    }

    private final class Demand implements Flow.Subscription {
        @Override
        public void request(long count) {
            if (count < 1) {
                fail(new IllegalArgumentException("a subscriber asks for at least one piece, not " + count));
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

        @Override
        public void cancel() {
            Consumer<FinishReason> listener;
            synchronized (PieceStream.this) {
                if (done) {
                    return;
                }
                done = true;
                pieces.clear();
                listener = abandoned;
            }
            listener.accept(FinishReason.CANCELLED);
        }
    }
}
