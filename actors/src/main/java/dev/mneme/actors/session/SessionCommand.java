package dev.mneme.actors.session;

import dev.mneme.actors.engine.WorkOutcome;
import dev.mneme.actors.model.LoadedModel;
import dev.mneme.actors.recall.Recollection;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.persistence.event.SessionForked;
import dev.mneme.persistence.event.TurnFacts;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** What a session actor is told. */
public sealed interface SessionCommand {
    /** Tells whoever waits for the outcome, if somebody does, that there will be none. */
    default void refuse(RuntimeException reason) {
        switch (this) {
            case Create(var identity, var facts, var requestId, var replyTo) ->
                replyTo.tell(new SessionReply.Refused(reason));
            case BecomeFork(var fork, var edits, var replyTo) -> replyTo.tell(new SessionReply.Refused(reason));
            case Describe(var replyTo) -> replyTo.tell(new SessionReply.Refused(reason));
            case Rewind(var turn, var requestId, var replyTo) -> replyTo.tell(new SessionReply.Refused(reason));
            case EditMemory(var change, var model, var requestId, var replyTo) ->
                replyTo.tell(new SessionReply.Refused(reason));
            case Delete(var requestId, var replyTo) -> replyTo.tell(new SessionReply.Refused(reason));
            case StartTurn(var request, var listener) -> listener.failed(reason);
            case Recall(var session, var answer) -> answer.completeExceptionally(reason);
            case RecallOver over -> {}
            case CancelTurn cancel -> {}
            case Stop stop -> {}
            case StopIfIdle stop -> stop.stays().run();
            case Internal internal -> {}
            case Idle idle -> {}
        }
    }

    /** Begins the session with these facts; answers an existing session as {@link Describe} does. */
    record Create(
            SessionIdentity identity,
            SessionFacts facts,
            Optional<String> requestId,
            ActorRef<SessionReply> replyTo)
            implements SessionCommand {}

    /** Begins the session as a fork; {@code edits} are those that the parent had made where it is forked. */
    record BecomeFork(SessionForked fork, List<MemoryEdited> edits, ActorRef<SessionReply> replyTo)
            implements SessionCommand {}

    /** Asks what the session is. */
    record Describe(ActorRef<SessionReply> replyTo) implements SessionCommand {}

    /** What needs the session's memory for a while: one waits behind the other. */
    sealed interface Lasting extends SessionCommand {
        /** The name that the caller knows the session by. */
        String session();
    }

    /** Asks for a turn; it waits behind the turns before it. */
    record StartTurn(TurnRequest request, TurnListener listener) implements Lasting {
        @Override
        public String session() {
            return request.session();
        }
    }

    /**
     * Asks where the attention of the last turn went: of the turn that is the last when those before this are done.
     *
     * @param answer completed on the actor's thread; who completes it before does not want it any more
     */
    record Recall(String session, CompletableFuture<Recollection> answer) implements Lasting {}

    /** Stops a turn between two steps; nothing if it has ended. */
    record CancelTurn(TurnListener listener, FinishReason reason) implements SessionCommand {}

    /** Goes back to the end of an earlier turn; 0 is the empty beginning. */
    record Rewind(int turn, Optional<String> requestId, ActorRef<SessionReply> replyTo) implements SessionCommand {}

    /** Changes how the session remembers. */
    record EditMemory(
            MemoryChange change, ModelMemory model, Optional<String> requestId, ActorRef<SessionReply> replyTo)
            implements SessionCommand {}

    /** Deletes the session. */
    record Delete(Optional<String> requestId, ActorRef<SessionReply> replyTo) implements SessionCommand {}

    /** Stops the actor as soon as its turn has ended; an open turn is cut off between two steps. */
    record Stop() implements SessionCommand {}

    /** Stops the actor if it is still idle; else it stays, and says so: work may have come while this was on its way. */
    record StopIfIdle(Runnable stays) implements SessionCommand {}

    /** What an actor tells itself when something outside of it is done. */
    sealed interface Internal extends SessionCommand {}

    /** The prompt has its tokens. */
    record PromptReady(TurnPrompt prompt) implements Internal {}

    /** The model of a turn that goes on is there. */
    record ModelReady(LoadedModel model, TurnFacts turn) implements Internal {}

    /** The engine can take the turn. */
    record WorkReady(ReadyWork work) implements Internal {}

    /** The outcome of an earlier turn was read again. */
    record OutcomeReady(TurnResult result) implements Internal {}

    /** Something went wrong on the way to the engine. */
    record PreparationFailed(RuntimeException failure) implements Internal {}

    /** The engine left tokens or an outcome in the mailbox. */
    record MailboxFilled() implements Internal {}

    /** The turn's memory is at rest; now its end can be told. */
    record Rested(WorkOutcome outcome) implements Internal {}

    /** What the actor began for a recall is done, and holds nothing of the session any more. */
    record RecallOver(Recall recall, @Nullable Recollection told, @Nullable RuntimeException failure)
            implements SessionCommand {}

    /** Nobody needed the session for a while. */
    record Idle() implements SessionCommand {}
}
