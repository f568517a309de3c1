package dev.mneme;

import dev.mneme.actors.session.ReplyPiece;
import dev.mneme.actors.session.TurnListener;
import dev.mneme.actors.session.TurnProgress;
import dev.mneme.actors.session.TurnReader;
import dev.mneme.actors.session.TurnResult;
import dev.mneme.errors.MnemeClosed;
import dev.mneme.errors.MnemeException;
import dev.mneme.errors.TurnCancelled;
import dev.mneme.errors.TurnTimedOut;
import dev.mneme.persistence.event.FinishReason;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.JavaFlowSupport;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/**
 * A turn under way. It can be awaited, completed asynchronously, or read as a stream while it is generated, in any
 * combination; each piece is durable before it comes out. Thread-safe.
 *
 * <p>The stream has one reader. Without one, the reply is generated at full speed and the stream keeps it for a reader
 * that comes later; with one, generation pauses when the reader falls too far behind, and is cancelled when it has asked
 * for nothing for a minute ({@link MnemeOpening#readerPatience}). Other sessions never wait for it.
 */
public final class Turn {
    /** How long an interrupted {@link #await} waits for its turn to stop. */
    static final Duration STOPPING = Duration.ofSeconds(5);

    private final CompletableFuture<Reply> completion = new CompletableFuture<>();
    private final Executor executor;
    private final PieceStream pieces;
    private final Cancelling cancelling;
    private final Duration stopping;
    private final String session;
    private volatile @Nullable TurnReader reader;

    /** How a turn reaches the session to be cancelled. */
    @FunctionalInterface
    interface Cancelling {
        void cancel(TurnListener listener, FinishReason reason);
    }

    private final TurnListener listener = new TurnListener() {
        @Override
        public void started(TurnProgress progress) {
            reader = progress.reader();
            pieces.readBy(progress.reader()::read);
        }

        @Override
        public void replied(ReplyPiece piece) {
            pieces.add(new Piece(
                    piece.text(), Arrays.stream(piece.tokens().toArray()).boxed().toList()));
        }

        @Override
        public void ended(TurnResult result) {
            pieces.complete();
            finish(() -> completion.complete(Reply.of(result)));
        }

        @Override
        public void failed(RuntimeException failure) {
            pieces.fail(failure);
            finish(() -> completion.completeExceptionally(failure));
        }
    };

    Turn(String session, Executor executor, PieceStream pieces, Cancelling cancelling, Duration stopping) {
        this.session = session;
        this.executor = executor;
        this.pieces = pieces;
        this.cancelling = cancelling;
        this.stopping = stopping;
        pieces.onAbandoned(reason -> cancel(reason));
    }

    /** What callers hang on the completion may block, or talk to this session again: never on the session actor's thread. */
    private void finish(Runnable completing) {
        try {
            executor.execute(completing);
        } catch (RejectedExecutionException closed) {
            completing.run();
        }
    }

    TurnListener listener() {
        return listener;
    }

    /** Completes with the reply, cut off or not, or with a {@link MnemeException}. */
    public CompletionStage<Reply> completion() {
        return completion.minimalCompletionStage();
    }

    /** The reply as it is generated. One subscriber. */
    public Flow.Publisher<Piece> publisher() {
        return pieces;
    }

    /** The reply as it is generated, for Pekko Streams. Materialized once. */
    public Source<Piece, NotUsed> source() {
        return JavaFlowSupport.Source.fromPublisher(pieces);
    }

    /** How far the turn is with reading what is new to it. */
    public Reading reading() {
        TurnReader known = reader;
        return known == null ? new Reading(0, 0) : new Reading(known.prefilled(), known.toPrefill());
    }

    /** Stops the turn between two steps; what was generated is kept and the turn completes as cancelled. */
    public void cancel() {
        cancel(FinishReason.CANCELLED);
    }

    void cancel(FinishReason reason) {
        try {
            cancelling.cancel(listener, reason);
        } catch (MnemeClosed closed) {
            // Closing has stopped the turn already.
        }
    }

    /**
     * Waits for the reply.
     *
     * <p>If the waiting thread is interrupted the turn is cancelled, and this ends with {@link TurnCancelled}, the
     * thread's interrupt flag set: as a rule when the turn has stopped, so that the session can be used at once. A turn
     * that cannot stop yet, such as one whose model is still being loaded, is waited for no longer than five seconds, and
     * not beyond a second interrupt; it stops as soon as it can, and the session's next turn waits for that.
     *
     * @throws TurnCancelled if the turn was cancelled, or the thread interrupted
     * @throws TurnTimedOut if its time was over
     * @throws MnemeException if it failed
     */
    public Reply await() {
        try {
            return whole(completion.get());
        } catch (InterruptedException e) {
            cancel();
            waitForTheStop();
            Thread.currentThread().interrupt();
            throw new TurnCancelled(session);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private void waitForTheStop() {
        try {
            Reply unused = completion.get(stopping.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | TimeoutException e) {
            // The turn was told; nobody has to see it stop.
        } catch (ExecutionException e) {
            // It has stopped.
        }
    }

    private Reply whole(Reply reply) {
        return switch (reply.finish()) {
            case CANCELLED -> throw new TurnCancelled(session);
            case TIMED_OUT -> throw new TurnTimedOut(session);
            case STOP, LENGTH, INTERRUPTED, INGESTED, FAILED -> reply;
        };
    }
}
