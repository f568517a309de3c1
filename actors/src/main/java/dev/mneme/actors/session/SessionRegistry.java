package dev.mneme.actors.session;

import dev.mneme.errors.SessionFailed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Starts session actors when they are spoken to and stops them when they are idle. What is said to a session while its
 * actor stops waits for the next one, so that there are never two writers of one journal.
 */
public final class SessionRegistry extends AbstractBehavior<SessionRegistry.Command> {
    /** What the registry is told. */
    public sealed interface Command {}

    /** Something for a session. */
    public record Deliver(SessionServices services, String sessionId, SessionCommand command) implements Command {}

    /** Stops all sessions; answers when the last is stopped. */
    public record StopAll(ActorRef<Done> replyTo) implements Command {}

    /** Stops all sessions and the registry with them; answers when the last is stopped. */
    public record Close(ActorRef<Done> replyTo) implements Command {}

    private record Passivate(String sessionId) implements Command {}

    private record Stays(String sessionId, ActorRef<SessionCommand> session) implements Command {}

    private record Stopped(String sessionId) implements Command {}

    private record Recovered(String sessionId) implements Command {}

    private record Unrecoverable(String sessionId, Throwable reason) implements Command {}

    private final Map<String, ActorRef<SessionCommand>> running = new HashMap<>();
    private final Map<String, Deque<Deliver>> stopping = new HashMap<>();
    /** What was said to sessions that have not read their journals yet: if that fails, somebody has to answer. */
    private final Map<String, List<Deliver>> unread = new HashMap<>();
    private boolean closing;
    private boolean closed;
    private final List<ActorRef<Done>> waitingForAll = new ArrayList<>();

    private SessionRegistry(ActorContext<Command> context) {
        super(context);
    }

    /** A registry without sessions. */
    public static Behavior<Command> create() {
        return Behaviors.setup(SessionRegistry::new);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder().onMessage(Command.class, this::handle).build();
    }

    private Behavior<Command> handle(Command command) {
        switch (command) {
            case Deliver deliver -> deliver(deliver);
            case Passivate(String sessionId) -> passivate(sessionId);
            case Stays(String sessionId, ActorRef<SessionCommand> session) -> stays(sessionId, session);
            case Stopped(String sessionId) -> stopped(sessionId);
            case Recovered(String sessionId) -> unread.remove(sessionId);
            case Unrecoverable(String sessionId, Throwable reason) -> refuse(sessionId, reason);
            case StopAll(ActorRef<Done> replyTo) -> stopAll(replyTo);
            case Close(ActorRef<Done> replyTo) -> {
                closed = true;
                stopAll(replyTo);
            }
        }
        return closed && allStopped() ? Behaviors.stopped() : this;
    }

    private void stopAll(ActorRef<Done> replyTo) {
        waitingForAll.add(replyTo);
        closing = true;
        List.copyOf(running.keySet()).forEach(this::stop);
        answerIfAllStopped();
    }

    private void deliver(Deliver deliver) {
        Deque<Deliver> waiting = stopping.get(deliver.sessionId());
        if (waiting != null) {
            waiting.add(deliver);
        } else {
            ActorRef<SessionCommand> session = running.computeIfAbsent(deliver.sessionId(), id -> spawn(deliver));
            List<Deliver> unanswered = unread.get(deliver.sessionId());
            if (unanswered != null) {
                unanswered.add(deliver);
            }
            session.tell(deliver.command());
        }
    }

    private ActorRef<SessionCommand> spawn(Deliver deliver) {
        String id = deliver.sessionId();
        ActorRef<Command> self = getContext().getSelf();
        unread.put(id, new ArrayList<>());
        ActorRef<SessionCommand> session = getContext()
                .spawnAnonymous(SessionEntity.create(deliver.services(), id, new SessionEntity.Lifecycle() {
                    @Override
                    public void idle() {
                        self.tell(new Passivate(id));
                    }

                    @Override
                    public void recovered() {
                        self.tell(new Recovered(id));
                    }

                    @Override
                    public void unrecoverable(Throwable reason) {
                        self.tell(new Unrecoverable(id, reason));
                    }
                }));
        getContext().watchWith(session, new Stopped(id));
        return session;
    }

    private void passivate(String sessionId) {
        ActorRef<SessionCommand> session = running.remove(sessionId);
        if (session != null) {
            stopping.put(sessionId, new ArrayDeque<>());
            ActorRef<Command> self = getContext().getSelf();
            session.tell(new SessionCommand.StopIfIdle(() -> self.tell(new Stays(sessionId, session))));
        }
    }

    private void stays(String sessionId, ActorRef<SessionCommand> session) {
        Deque<Deliver> waiting = stopping.remove(sessionId);
        running.put(sessionId, session);
        if (waiting != null) {
            waiting.forEach(this::deliver);
        }
        if (closing) {
            stop(sessionId);
        }
    }

    private void stop(String sessionId) {
        ActorRef<SessionCommand> session = running.remove(sessionId);
        if (session != null) {
            stopping.put(sessionId, new ArrayDeque<>());
            session.tell(new SessionCommand.Stop());
        }
    }

    private void refuse(String sessionId, Throwable reason) {
        SessionFailed refusal = new SessionFailed(
                sessionId, "its journal cannot be read: " + reason.getMessage() + "; run `mneme verify`", reason);
        List<Deliver> unanswered = unread.remove(sessionId);
        if (unanswered != null) {
            unanswered.forEach(deliver -> deliver.command().refuse(refusal));
        }
    }

    private void stopped(String sessionId) {
        running.remove(sessionId);
        unread.remove(sessionId);
        Deque<Deliver> waiting = stopping.remove(sessionId);
        if (waiting != null) {
            waiting.forEach(this::deliver);
        }
        answerIfAllStopped();
    }

    private void answerIfAllStopped() {
        if (allStopped()) {
            waitingForAll.forEach(replyTo -> replyTo.tell(Done.getInstance()));
            waitingForAll.clear();
        }
    }

    private boolean allStopped() {
        return running.isEmpty() && stopping.isEmpty();
    }
}
