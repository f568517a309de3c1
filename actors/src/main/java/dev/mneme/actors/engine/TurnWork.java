package dev.mneme.actors.engine;

import dev.mneme.actors.memory.BlockLost;
import dev.mneme.actors.memory.ComputeSpan;
import dev.mneme.actors.memory.OpenedMemory;
import dev.mneme.actors.memory.SessionMemory;
import dev.mneme.persistence.event.FinishReason;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One turn's work for the engine, or a look back at one: the spans to compute, then, if it has a reply, tokens to sample.
 * The engine thread owns it from {@link Engine#submit} until its sink was told that it finished; only {@link #cancel} and
 * {@link #read} may be called from elsewhere.
 */
public final class TurnWork {
    private final String session;
    private final SessionMemory memory;
    private final Prefill prefill;
    private final Optional<Reply> reply;
    private final TurnSink sink;
    private final int unreadLimit;
    private final Recording recording;
    private final AtomicInteger unread = new AtomicInteger();
    private final AtomicReference<@Nullable FinishReason> cancelled = new AtomicReference<>();
    private final long submittedNanos = System.nanoTime();

    private final int toPrefill;
    private volatile int prefilled;
    private int pendingToken;
    private int pendingPosition;
    private int computed;
    private int rebuilt;
    private int generated;
    private long blocksAttended;
    private long bytesRead;
    private long firstTokenNanos;
    private long lastTokenNanos;

    /**
     * Describes the work.
     *
     * @param session the session's name, for messages
     * @param opened its memory
     * @param reply how to go on after the spans; empty to only read
     * @param sink who is told
     * @param unreadLimit how many sampled tokens may be unread before the session pauses
     */
    public TurnWork(String session, OpenedMemory opened, Optional<Reply> reply, TurnSink sink, int unreadLimit) {
        this(session, opened, reply, sink, unreadLimit, Recording.none());
    }

    /** Describes work that only computes its spans, for the sake of a recording. */
    public TurnWork(String session, OpenedMemory opened, TurnSink sink, Recording recording) {
        this(session, opened, Optional.empty(), sink, 0, recording);
    }

    private TurnWork(
            String session,
            OpenedMemory opened,
            Optional<Reply> reply,
            TurnSink sink,
            int unreadLimit,
            Recording recording) {
        this.session = session;
        this.memory = opened.memory();
        this.prefill = new Prefill(memory, opened.detours(), opened.spans());
        this.toPrefill = opened.toCompute().mapToInt(each -> each.tokens().length).sum();
        this.reply = reply;
        this.sink = sink;
        this.unreadLimit = unreadLimit;
        this.recording = recording;
    }

    /** Asks the engine to stop between two steps; the first reason stays. */
    public void cancel(FinishReason reason) {
        cancelled.compareAndSet(null, reason);
    }

    /** Says that the reader took {@code tokens} tokens, so that more may be sampled. */
    public void read(int tokens) {
        unread.addAndGet(-tokens);
    }

    /** Tokens that are computed before the first one is sampled. From any thread. */
    public int toPrefill() {
        return toPrefill;
    }

    /** How many of {@link #toPrefill} are computed. From any thread. */
    public int prefilled() {
        return prefilled;
    }

    String session() {
        return session;
    }

    SessionMemory memory() {
        return memory;
    }

    TurnSink sink() {
        return sink;
    }

    Recording recording() {
        return recording;
    }

    Optional<FinishReason> cancellation() {
        return Optional.ofNullable(cancelled.get());
    }

    /** Whether prompt or lost tokens are still to be computed. */
    boolean prefilling() {
        return !prefill.isDone();
    }

    /** Whether the next step of this work is one sampled token. */
    boolean decoding() {
        return !prefilling() && reply.isPresent() && unread.get() < unreadLimit;
    }

    /** Whether the next step can take it. */
    boolean ready() {
        return prefilling() || decoding();
    }

    Reply reply() {
        return reply.orElseThrow();
    }

    /** The next tokens to compute before sampling, at most {@code limit}. */
    PrefillChunk nextPrefill(int limit) {
        return prefill.next(limit);
    }

    /**
     * Whether a chunk's last logits begin the reply, or go on with one. A reply that a kill hit between its last token and
     * its end is complete: it only ends.
     */
    boolean endsPrefill(PrefillChunk chunk) {
        boolean samplesMore = reply.isPresent() && reply.get().finished().isEmpty();
        return samplesMore && chunk.place() == PrefillChunk.Place.LINE_END;
    }

    /** Notes that a prefill chunk was computed. */
    void prefilled(PrefillChunk chunk) {
        int fresh = prefill.firstTime(chunk);
        switch (chunk.tokens().kind()) {
            case NEW -> computed += fresh;
            case REBUILD -> rebuilt += fresh;
        }
        int before = prefilled;
        prefilled = Math.min(toPrefill, before + chunk.tokens().tokens().length);
        attended(chunk.tokens().to());
        prefill.computed(chunk);
    }

    /** A step read a block that is lost: it is computed again before all else. */
    void lost(BlockLost block) {
        prefill.detour(memory.detour(block));
    }

    /** The last sampled token, whose keys and values are computed by the next step. */
    ComputeSpan nextDecode() {
        return new ComputeSpan(pendingPosition, new int[] {pendingToken}, ComputeSpan.Kind.NEW);
    }

    /** Notes that a sampled token's keys and values were computed. */
    void decoded(ComputeSpan token) {
        computed++;
        attended(token.to());
        memory.written(token.from(), token.to());
    }

    private void attended(int context) {
        blocksAttended = memory.planBlocks(context - 1);
        bytesRead += memory.planBytes(context - 1, blocksAttended);
    }

    /** Notes the token sampled for {@code position} and tells the sink. */
    void sampled(int token, int position) {
        pendingToken = token;
        pendingPosition = position;
        long now = System.nanoTime();
        if (generated == 0) {
            firstTokenNanos = now;
        }
        lastTokenNanos = now;
        generated++;
        unread.incrementAndGet();
        memory.extend(token);
        sink.sampled(token, reply().accept(token));
    }

    /** Why the work is done, if it is. */
    Optional<FinishReason> finished() {
        if (prefilling()) {
            return Optional.empty();
        }
        return reply.isEmpty() ? Optional.of(FinishReason.INGESTED) : reply.get().finished();
    }

    /** Text that was held back and is due when the work ends like this. */
    String remainingText(FinishReason finish) {
        return finish == FinishReason.STOP ? reply().remainingText() : "";
    }

    WorkCost cost() {
        return new WorkCost(
                computed,
                rebuilt,
                prefill.foundLost(),
                memory.lost(),
                generated,
                blocksAttended,
                bytesRead,
                generated == 0 ? 0 : firstTokenNanos - submittedNanos,
                generated == 0 ? 0 : lastTokenNanos - firstTokenNanos);
    }
}
