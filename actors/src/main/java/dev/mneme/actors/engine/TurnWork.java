package dev.mneme.actors.engine;

import dev.mneme.actors.memory.ComputeSpan;
import dev.mneme.actors.memory.OpenedMemory;
import dev.mneme.actors.memory.SessionMemory;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.runtime.kv.KvLayout;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One turn's work for the engine: the spans to compute, then, if it has a reply, tokens to sample. The engine thread
 * owns it from {@link Engine#submit} until its sink was told that it finished; only {@link #cancel} and {@link #read} may
 * be called from elsewhere.
 */
public final class TurnWork {
    private final String session;
    private final SessionMemory memory;
    private final List<ComputeSpan> spans;
    private final Optional<Reply> reply;
    private final TurnSink sink;
    private final int unreadLimit;
    private final AtomicInteger unread = new AtomicInteger();
    private final AtomicReference<@Nullable FinishReason> cancelled = new AtomicReference<>();
    private final long submittedNanos = System.nanoTime();

    private final int toPrefill;
    private volatile int prefilled;
    private int span;
    private int offset;
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
        this.session = session;
        this.memory = opened.memory();
        this.spans = opened.spans();
        this.toPrefill = spans.stream().mapToInt(each -> each.tokens().length).sum();
        this.reply = reply;
        this.sink = sink;
        this.unreadLimit = unreadLimit;
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

    Optional<FinishReason> cancellation() {
        return Optional.ofNullable(cancelled.get());
    }

    /** Whether prompt or lost tokens are still to be computed. */
    boolean prefilling() {
        return span < spans.size();
    }

    /** Whether the next step of this work is one sampled token. */
    boolean decoding() {
        return !prefilling() && reply.isPresent() && unread.get() < unreadLimit;
    }

    Reply reply() {
        return reply.orElseThrow();
    }

    /** The next tokens of the current span, at most {@code limit}. */
    ComputeSpan nextPrefill(int limit) {
        ComputeSpan current = spans.get(span);
        int size = Math.min(limit, current.tokens().length - offset);
        int[] tokens = new int[size];
        System.arraycopy(current.tokens(), offset, tokens, 0, size);
        return new ComputeSpan(current.from() + offset, tokens, current.kind());
    }

    /**
     * Whether a chunk ends the last span, so that its last logits begin the reply, or go on with one. A reply that a
     * kill hit between its last token and its end is complete: it only ends.
     */
    boolean endsPrefill(ComputeSpan chunk) {
        boolean samplesMore = reply.isPresent() && reply.get().finished().isEmpty();
        return samplesMore && span == spans.size() - 1 && chunk.to() == spans.getLast().to();
    }

    /** Notes that a prefill chunk was computed. */
    void prefilled(ComputeSpan chunk) {
        int size = chunk.tokens().length;
        switch (chunk.kind()) {
            case NEW -> computed += size;
            case REBUILD -> rebuilt += size;
        }
        int before = prefilled;
        prefilled = before + size;
        offset += size;
        if (offset == spans.get(span).tokens().length) {
            span++;
            offset = 0;
        }
        attended(chunk.to());
        memory.written(chunk.from(), chunk.to());
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
        blocksAttended = (context + KvLayout.BLOCK - 1) / KvLayout.BLOCK;
        bytesRead += blocksAttended * memory.blockBytes();
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
                generated,
                blocksAttended,
                bytesRead,
                generated == 0 ? 0 : firstTokenNanos - submittedNanos,
                generated == 0 ? 0 : lastTokenNanos - firstTokenNanos);
    }
}
