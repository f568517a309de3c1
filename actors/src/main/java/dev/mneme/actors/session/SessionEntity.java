package dev.mneme.actors.session;

import com.typesafe.config.Config;
import dev.mneme.actors.session.SessionState.Deleted;
import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.actors.session.SessionState.Unborn;
import dev.mneme.errors.InvalidRequest;
import dev.mneme.errors.MnemeException;
import dev.mneme.errors.NoSuchTurn;
import dev.mneme.errors.SessionBusy;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.Rewound;
import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.event.SessionDeleted;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.TurnEnded;
import dev.mneme.persistence.index.RequestKind;
import dev.mneme.persistence.index.SessionPersistenceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.JournalPersistFailed;
import org.apache.pekko.persistence.typed.JournalPersistRejected;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.SnapshotAdapter;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * One session: the only writer of its journal. It begins, describes, edits, rewinds and deletes the session itself; turns
 * go through its {@link TurnDesk}.
 */
public final class SessionEntity extends EventSourcedBehavior<SessionCommand, SessionEvent, SessionState> {
    private static final int SNAPSHOT_EVERY = 200;

    private final SessionServices services;
    private final Lifecycle lifecycle;
    private final SessionEvolution evolution;
    private final TurnDesk desk;

    /** Told how it goes with a session's actor. */
    interface Lifecycle {
        /** Nobody has needed it for a while: it may be told to stop. */
        void idle();

        /** It has read its journal. */
        void recovered();

        /** It cannot read its journal, and stops. */
        void unrecoverable(Throwable reason);
    }

    private SessionEntity(
            ActorContext<SessionCommand> context,
            SessionServices services,
            String sessionId,
            Lifecycle lifecycle) {
        super(PersistenceId.ofUniqueId(
                new SessionPersistenceId(services.tenant().name(), sessionId).text()));
        this.services = services;
        this.lifecycle = lifecycle;
        this.evolution = new SessionEvolution(services);
        this.desk = new TurnDesk(context, services, Effect());
    }

    /**
     * The actor of a session.
     *
     * @param services what it works with
     * @param sessionId the session's id
     * @param lifecycle who started it
     */
    static Behavior<SessionCommand> create(
            SessionServices services, String sessionId, Lifecycle lifecycle) {
        return Behaviors.setup(context -> {
            context.setReceiveTimeout(services.limits().idle(), new SessionCommand.Idle());
            return new SessionEntity(context, services, sessionId, lifecycle);
        });
    }

    @Override
    public String journalPluginId() {
        return services.journal().journal();
    }

    @Override
    public Optional<Config> journalPluginConfig() {
        return Optional.of(services.journal().config());
    }

    @Override
    public String snapshotPluginId() {
        return services.journal().snapshots();
    }

    @Override
    public Optional<Config> snapshotPluginConfig() {
        return Optional.of(services.journal().config());
    }

    @Override
    public SessionState emptyState() {
        return new Unborn();
    }

    @Override
    public CommandHandler<SessionCommand, SessionEvent, SessionState> commandHandler() {
        return this::handle;
    }

    @Override
    public EventHandler<SessionState, SessionEvent> eventHandler() {
        return evolution::apply;
    }

    @Override
    public SnapshotAdapter<SessionState> snapshotAdapter() {
        return new SessionSnapshots(services);
    }

    @Override
    public boolean shouldSnapshot(SessionState state, SessionEvent event, long sequenceNumber) {
        return state instanceof Live && (event instanceof TurnEnded || sequenceNumber % SNAPSHOT_EVERY == 0);
    }

    @Override
    public SignalHandler<SessionState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), state -> lifecycle.recovered())
                .onSignal(RecoveryFailed.class, (state, failed) -> lifecycle.unrecoverable(failed.getFailure()))
                .onSignal(JournalPersistFailed.class, (state, failed) -> desk.unwritable(failed.getFailure()))
                .onSignal(JournalPersistRejected.class, (state, failed) -> desk.unwritable(failed.getFailure()))
                .onSignal(PostStop.instance(), state -> desk.abandon())
                .build();
    }

    private Effect<SessionEvent, SessionState> handle(SessionState state, SessionCommand command) {
        return switch (command) {
            case SessionCommand.Create create -> create(state, create);
            case SessionCommand.BecomeFork fork -> becomeFork(state, fork);
            case SessionCommand.Describe(var replyTo) -> describe(state, replyTo);
            case SessionCommand.Rewind rewind -> rewind(state, rewind);
            case SessionCommand.EditMemory edit -> edit(state, edit);
            case SessionCommand.Delete delete -> delete(state, delete);
            case SessionCommand.Lasting lasting -> desk.start(state, lasting);
            case SessionCommand.RecallOver over -> desk.recalled(state, over);
            case SessionCommand.CancelTurn cancel -> desk.cancel(cancel);
            case SessionCommand.Internal internal -> desk.proceed(state, internal);
            case SessionCommand.Stop() -> desk.stop();
            case SessionCommand.StopIfIdle(Runnable stays) -> {
                if (!desk.busy()) {
                    yield desk.stop();
                }
                stays.run();
                yield Effect().none();
            }
            case SessionCommand.Idle() -> {
                if (!desk.busy()) {
                    lifecycle.idle();
                }
                yield Effect().none();
            }
        };
    }

    private Effect<SessionEvent, SessionState> create(SessionState state, SessionCommand.Create create) {
        if (!(state instanceof Unborn)) {
            return describe(state, create.replyTo());
        }
        SessionIdentity identity = create.identity();
        return Effect()
                .persist(new SessionCreated(
                        identity.tenant(),
                        identity.name(),
                        identity.sessionId(),
                        identity.createdAtMillis(),
                        create.facts(),
                        create.requestId()))
                .thenRun(born -> create.replyTo().tell(described(born)));
    }

    private Effect<SessionEvent, SessionState> becomeFork(SessionState state, SessionCommand.BecomeFork fork) {
        if (!(state instanceof Unborn)) {
            return describe(state, fork.replyTo());
        }
        List<SessionEvent> events = new ArrayList<>();
        events.add(fork.fork());
        events.addAll(fork.edits());
        return Effect().persist(events).thenRun(born -> fork.replyTo().tell(described(born)));
    }

    private Effect<SessionEvent, SessionState> describe(SessionState state, ActorRef<SessionReply> replyTo) {
        replyTo.tell(described(state));
        return Effect().none();
    }

    private Effect<SessionEvent, SessionState> rewind(SessionState state, SessionCommand.Rewind rewind) {
        if (!(state instanceof Live live)) {
            return describe(state, rewind.replyTo());
        }
        String name = live.identity().name();
        try {
            if (desk.known(live, RequestKind.REWOUND, rewind.requestId())) {
                return describe(state, rewind.replyTo());
            }
        } catch (InvalidRequest e) {
            return refuse(rewind.replyTo(), e);
        }
        if (desk.resting()) {
            return desk.afterRest(rewind, rewind.replyTo());
        }
        if (desk.busy()) {
            return refuse(rewind.replyTo(), new SessionBusy(name, 0));
        }
        if (rewind.turn() < 0 || rewind.turn() > live.turns()) {
            return refuse(rewind.replyTo(), new NoSuchTurn(name, rewind.turn(), live.turns()));
        }
        int position = evolution.endOfTurn(live, rewind.turn());
        return Effect()
                .persist(new Rewound(rewind.turn(), position, rewind.requestId()))
                .thenRun(back -> rewind.replyTo().tell(described(back)));
    }

    private Effect<SessionEvent, SessionState> edit(SessionState state, SessionCommand.EditMemory edit) {
        if (!(state instanceof Live live)) {
            return describe(state, edit.replyTo());
        }
        List<MemoryEdited> events;
        try {
            if (desk.known(live, RequestKind.EDITED, edit.requestId())) {
                return describe(state, edit.replyTo());
            }
            if (desk.resting()) {
                return desk.afterRest(edit, edit.replyTo());
            }
            if (desk.busy()) {
                return refuse(edit.replyTo(), new SessionBusy(live.identity().name(), 0));
            }
            events = new MemoryEdits(live, edit.model(), services.index()).of(edit.change(), edit.requestId());
        } catch (MnemeException e) {
            return refuse(edit.replyTo(), e);
        }
        return Effect()
                .persist(List.<SessionEvent>copyOf(events))
                .thenRun(edited -> edit.replyTo().tell(described(edited)));
    }

    private Effect<SessionEvent, SessionState> delete(SessionState state, SessionCommand.Delete delete) {
        if (!(state instanceof Live live)) {
            return describe(state, delete.replyTo());
        }
        if (desk.resting()) {
            return desk.afterRest(delete, delete.replyTo());
        }
        if (desk.busy()) {
            return refuse(delete.replyTo(), new SessionBusy(live.identity().name(), 0));
        }
        return Effect()
                .persist(new SessionDeleted(delete.requestId()))
                .thenRun(gone -> {
                    delete.replyTo().tell(described(gone));
                    // Through the registry: what it has sent here meanwhile still gets its answer.
                    lifecycle.idle();
                });
    }

    private Effect<SessionEvent, SessionState> refuse(ActorRef<SessionReply> replyTo, RuntimeException reason) {
        replyTo.tell(new SessionReply.Refused(reason));
        return Effect().none();
    }

    private static SessionReply described(SessionState state) {
        return switch (state) {
            case Unborn() -> new SessionReply.Unknown();
            case Deleted() -> new SessionReply.Gone();
            case Live live -> new SessionReply.Described(
                    live.identity(),
                    live.facts(),
                    live.timeline(),
                    live.branch(),
                    live.position(),
                    live.turns(),
                    live.lastFinish(),
                    live.cutOff());
        };
    }
}
