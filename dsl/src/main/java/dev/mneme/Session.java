package dev.mneme;

import dev.mneme.actors.node.SessionHandle;
import dev.mneme.actors.recall.Recollection;
import dev.mneme.actors.session.MemoryChange;
import dev.mneme.actors.session.SessionCommand;
import dev.mneme.actors.session.SessionReply.Described;
import dev.mneme.actors.session.TurnRequest;
import dev.mneme.actors.session.TurnRequest.Content;
import dev.mneme.errors.InvalidRequest;
import dev.mneme.errors.RecallCancelled;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.SessionStyle;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A conversation that lasts. It is told only what is new; what was said before is never sent, tokenized or computed again.
 *
 * <p>Thread-safe, and safe on virtual threads. One turn runs at a time; further ones wait, and when too many do the next
 * is refused with {@link dev.mneme.errors.SessionBusy}. A handle costs nothing to keep; the session itself is in memory
 * only while it is used.
 */
public final class Session {
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(365);

    private final Mneme mneme;
    private final Tenant tenant;
    private final SessionHandle handle;
    private final boolean raw;
    private final Duration openTime;

    Session(Mneme mneme, Tenant tenant, SessionHandle handle, Described described, Duration openTime) {
        this.mneme = mneme;
        this.tenant = tenant;
        this.handle = handle;
        this.raw = described.facts().style() == SessionStyle.RAW;
        this.openTime = openTime;
    }

    /** The name that it is opened by. */
    public String name() {
        return handle.name();
    }

    /** How long opening it took, the engine running. */
    public Duration openTime() {
        return openTime;
    }

    /** Says something and waits for the reply. */
    public Reply say(String text) {
        return say(text, TurnOptions.defaults());
    }

    /** Says something and waits for the reply; what can go wrong is at {@link Turn#await}. */
    public Reply say(String text, TurnOptions options) {
        return start(text, options).await();
    }

    /** Says something; the reply is in the turn. In a raw session the text is gone on from as it is. */
    public Turn start(String text, TurnOptions options) {
        if (text.isEmpty()) {
            throw new InvalidRequest("there is nothing to say: the text is empty");
        }
        RequestText.requireValid("the text", text);
        return start(raw ? new Content.RawText(text) : new Content.Message(text), options);
    }

    /** Finishes a reply that was cut off by a kill, a cancel or a limit, exactly as it would have gone on. */
    public Turn resume(TurnOptions options) {
        return start(new Content.Continuation(), options);
    }

    /**
     * Reads a document into memory, without a reply. If the same document was cut off before, reading goes on where it
     * was.
     */
    public Turn ingest(String document, TurnOptions options) {
        if (document.isEmpty()) {
            throw new InvalidRequest("there is nothing to read: the document is empty");
        }
        RequestText.requireValid("the document", document);
        String hash = sha256(document);
        return start(raw ? new Content.RawDocument(document, hash) : new Content.Document(document, hash), options);
    }

    private Turn start(Content content, TurnOptions options) {
        options.timeout().ifPresent(Session::requireTime);
        options.requestId().ifPresent(id -> RequestText.requireValid("a request id", id));
        PieceStream pieces = new PieceStream(mneme.blocking(), mneme.clock(), mneme.readerPatience());
        Turn turn = new Turn(
                name(),
                mneme.blocking(),
                pieces,
                (listener, reason) ->
                        mneme.node().tell(handle, new SessionCommand.CancelTurn(listener, reason)),
                Turn.STOPPING);
        mneme.node()
                .tell(
                        handle,
                        new SessionCommand.StartTurn(
                                new TurnRequest(name(), content, options.wishes(), options.requestId()), turn.listener()));
        mneme.meters().ifPresent(meters -> turn.completion().whenComplete((reply, failure) -> {
            if (reply != null) {
                meters.ended(reply);
            } else {
                meters.failed();
            }
        }));
        options.timeout().ifPresent(limit -> {
            var alarm = mneme.clock()
                    .schedule(
                            () -> turn.cancel(FinishReason.TIMED_OUT), limit.toMillis(), TimeUnit.MILLISECONDS);
            CompletionStage<Boolean> unused = turn.completion().handle((reply, failure) -> alarm.cancel(false));
        });
        return turn;
    }

    /**
     * Tells where the attention of the last turn went, in any later process too. Nothing of that is kept: the tokens that are
     * counted are computed again, at most 63 before them too, which takes about as long as reading the reply would. The session
     * is not changed by it. A recall waits its turn: it tells of the turn that is the last when those that were asked for
     * before it are done, and turns that are asked for later wait for it.
     *
     * @throws dev.mneme.errors.NothingToRecall if the session is empty, or its last turn was cut off before it was computed
     * @throws dev.mneme.errors.SessionBusy if too many turns wait already
     * @throws RecallCancelled if the waiting thread is interrupted; its interrupt flag is set then
     */
    public Recall recall() {
        CompletableFuture<Recollection> answer = new CompletableFuture<>();
        mneme.node().tell(handle, new SessionCommand.Recall(name(), answer));
        try {
            return Recall.of(name(), answer.get());
        } catch (InterruptedException e) {
            boolean unused = answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new RecallCancelled(name());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    /** The session as it is now. */
    public SessionInfo describe() {
        return SessionInfo.of(tenant.sessions().describe(handle));
    }

    /** Its turns, in order, without their texts. */
    public List<TurnInfo> turns() {
        return tenant.sessions().turns(handle).stream().map(TurnInfo::of).toList();
    }

    /** The token ids of a turn: its prompt and its reply. */
    public List<Integer> tokens(TurnInfo turn) {
        return tenant.sessions().tokens(handle, turn.position(), turn.end());
    }

    /** The text of some of its tokens, as the model's tokenizer gives it. Loads the model. */
    public String text(List<Integer> tokens) {
        return tenant.sessions().text(handle, tokens);
    }

    /** Begins a session as a copy of this one; costs the same at any length. */
    public Session fork(String name) {
        return fork(name, Optional.empty());
    }

    /** {@link #fork(String)} with a request id that makes a repeat safe. */
    public Session fork(String name, Optional<String> requestId) {
        return tenant.opened(() -> tenant.sessions().fork(handle, name, Optional.empty(), requestId));
    }

    /** Goes back to the end of a turn; 0 is the empty beginning. Forks are not touched. */
    public SessionInfo rewind(int turn) {
        return rewind(turn, Optional.empty());
    }

    /** {@link #rewind(int)} with a request id that makes a repeat safe. */
    public SessionInfo rewind(int turn, Optional<String> requestId) {
        return SessionInfo.of(tenant.sessions().rewind(handle, turn, requestId));
    }

    /**
     * Remembers in another way from the next block of 64 tokens on; what the policy leaves open stays as it is. What was
     * computed before stays valid.
     *
     * @throws dev.mneme.errors.MemoryRefused if the model cannot follow it
     */
    public SessionInfo memory(MemoryPolicy policy) {
        return memory(policy, Optional.empty());
    }

    /** {@link #memory(MemoryPolicy)} with a request id that makes a repeat safe. */
    public SessionInfo memory(MemoryPolicy policy, Optional<String> requestId) {
        return edit(new MemoryChange.Remember(MemoryTerms.wishes(policy)), requestId);
    }

    /**
     * Always attends to a turn from now on, also past the model's window.
     *
     * @throws dev.mneme.errors.PinRefused if it does not fit beside what is attended anyway
     */
    public SessionInfo pin(int turn) {
        return pin(turn, Optional.empty());
    }

    /** {@link #pin(int)} with a request id that makes a repeat safe. */
    public SessionInfo pin(int turn, Optional<String> requestId) {
        return edit(new MemoryChange.Pin(turn), requestId);
    }

    /** Attends to a turn no more than to others. */
    public SessionInfo unpin(int turn) {
        return unpin(turn, Optional.empty());
    }

    /** {@link #unpin(int)} with a request id that makes a repeat safe. */
    public SessionInfo unpin(int turn, Optional<String> requestId) {
        return edit(new MemoryChange.Unpin(turn), requestId);
    }

    private SessionInfo edit(MemoryChange change, Optional<String> requestId) {
        requestId.ifPresent(id -> RequestText.requireValid("a request id", id));
        return SessionInfo.of(tenant.sessions().edit(handle, change, requestId));
    }

    /** Deletes it: the name is free at once, the space when no fork reads it any more. */
    public void delete() {
        tenant.sessions().delete(handle, Optional.empty());
    }

    private static void requireTime(Duration limit) {
        if (limit.isNegative() || limit.isZero() || limit.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new InvalidRequest("a timeout is more than nothing and at most " + LONGEST_TIMEOUT.toDays() + " days, not " + limit);
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
