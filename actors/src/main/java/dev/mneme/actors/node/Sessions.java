package dev.mneme.actors.node;

import dev.mneme.actors.model.LoadedModel;
import dev.mneme.actors.model.ModelSource.LocatedModel;
import dev.mneme.actors.session.MemoryChange;
import dev.mneme.actors.session.ModelMemory;
import dev.mneme.actors.session.SessionCommand;
import dev.mneme.actors.session.SessionIdentity;
import dev.mneme.actors.session.SessionReply;
import dev.mneme.actors.session.SessionReply.Described;
import dev.mneme.actors.session.SessionServices;
import dev.mneme.errors.NoSuchTurn;
import dev.mneme.errors.OtherModel;
import dev.mneme.errors.SessionExists;
import dev.mneme.errors.SessionFailed;
import dev.mneme.errors.SessionNotFound;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.ModelRef;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.persistence.event.SessionForked;
import dev.mneme.persistence.event.SessionStyle;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionDirectory;
import dev.mneme.persistence.index.TurnSpan;
import dev.mneme.runtime.numerics.Numerics;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/** One tenant's sessions by name: opened, listed, forked, rewound, deleted. Thread-safe; methods block. */
public final class Sessions {
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final MnemeNode node;
    private final SessionServices services;
    private final SessionDirectory directory;

    /** The sessions of a tenant. */
    public Sessions(MnemeNode node, String tenant) {
        this.node = node;
        this.services = node.tenants().services(tenant);
        this.directory = node.journal().directory(tenant);
    }

    /** All sessions that are not deleted, by name, as the index has them: no session's actor is started for it. */
    public List<Described> list() {
        String tenant = services.tenant().name();
        node.requireOpen("tenant '" + tenant + "'");
        return directory.list().stream()
                .map(entry -> Described.of(tenant, entry))
                .toList();
    }

    /**
     * The session of this name.
     *
     * @throws SessionNotFound if there is none
     */
    public SessionHandle find(String name) {
        return handle(name).orElseThrow(() -> new SessionNotFound(services.tenant().name(), name));
    }

    private Optional<SessionHandle> handle(String name) {
        node.requireOpen("session '" + name + "'");
        return directory.find(Names.session(name)).map(id -> new SessionHandle(services, name, id));
    }

    /**
     * The session of this name, created if there is none.
     *
     * @param defaultModel the model of a new session where the request names none
     * @throws OtherModel if it exists with another model than the one asked for
     */
    public synchronized SessionHandle open(String name, OpenRequest request, String defaultModel) {
        Optional<SessionHandle> existing = handle(name);
        if (existing.isPresent()) {
            request.model().ifPresent(model -> checkModel(existing.get(), model));
            return existing.get();
        }
        LocatedModel model = node.models().locate(request.model().orElse(defaultModel));
        SessionHandle created = new SessionHandle(services, name, UUID.randomUUID().toString());
        SessionFacts facts = facts(name, request, new ModelRef(model.name(), model.sha256(), ""));
        ask(created, replyTo -> new SessionCommand.Create(identity(created), facts, request.requestId(), replyTo));
        return created;
    }

    /** What its model cannot do is refused now, not at its first turn: a chat without a template, a memory policy. */
    private SessionFacts facts(String name, OpenRequest request, ModelRef ref) {
        LocalDate today = LocalDate.now();
        return with(ref, model -> {
            if (request.style() == SessionStyle.CHAT) {
                Object unused = model.turns(today);
            }
            ModelMemory memory = ModelMemory.of(model);
            return new SessionFacts(
                    ref,
                    request.system(),
                    request.style(),
                    today,
                    request.memory().formatOfNew(memory),
                    request.memory().policyOfNew(name, memory),
                    Numerics.VERSION);
        });
    }

    private <T> T with(ModelRef ref, Function<LoadedModel, T> use) {
        LoadedModel model = node.models().acquire(ref.name(), ref.sha256());
        try {
            return use.apply(model);
        } finally {
            model.release();
        }
    }

    private void checkModel(SessionHandle session, String asked) {
        ModelRef has = describe(session).facts().model();
        if (!asked.equals(has.name()) && !node.models().locate(asked).sha256().equals(has.sha256())) {
            throw new OtherModel(session.name(), has.name(), asked);
        }
    }

    /** The session as it is now. */
    public Described describe(SessionHandle session) {
        return ask(session, SessionCommand.Describe::new);
    }

    /** Its turns, in order. */
    public List<TurnSpan> turns(SessionHandle session) {
        return services.index().turns(branch(session, describe(session)));
    }

    /** The token ids {@code [from, to)} of a session. */
    public List<Integer> tokens(SessionHandle session, int from, int to) {
        int[] ids = services.index().tokens(branch(session, describe(session)), from, to);
        return Arrays.stream(ids).boxed().toList();
    }

    /** The text of some tokens of a session, control tokens left out. */
    public String text(SessionHandle session, List<Integer> tokens) {
        int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
        return with(describe(session).facts().model(), model -> model.tokenizer().decode(ids));
    }

    /**
     * Begins a session as a copy of another one up to the end of a turn. Nothing is copied.
     *
     * @param turn the last turn that the fork has; empty for all
     * @throws SessionExists if the new name is taken
     */
    public synchronized SessionHandle fork(
            SessionHandle parent, String name, Optional<Integer> turn, Optional<String> requestId) {
        Optional<SessionHandle> taken = handle(name);
        if (taken.isPresent()) {
            return requestId
                    .filter(id -> services.index().request(taken.get().sessionId(), id).isPresent())
                    .map(id -> taken.get())
                    .orElseThrow(() -> new SessionExists(services.tenant().name(), name));
        }
        Described from = describe(parent);
        int turns = turn.orElse(from.turns());
        if (turns < 0 || turns > from.turns()) {
            throw new NoSuchTurn(parent.name(), turns, from.turns());
        }
        int position = turns == 0
                ? 0
                : services.index().turn(branch(parent, from), turns).orElseThrow().end();
        SessionHandle child = new SessionHandle(services, name, UUID.randomUUID().toString());
        SessionForked fork = new SessionForked(
                services.tenant().name(),
                name,
                child.sessionId(),
                System.currentTimeMillis(),
                parent.sessionId(),
                from.branch(),
                position,
                turns,
                requestId,
                from.facts());
        List<MemoryEdited> edits = from.timeline().madeAt(position).stream()
                .map(MemoryEdited::withoutRequest)
                .toList();
        ask(child, replyTo -> new SessionCommand.BecomeFork(fork, edits, replyTo));
        return child;
    }

    /** Goes back to the end of an earlier turn; 0 is the empty beginning. */
    public Described rewind(SessionHandle session, int turn, Optional<String> requestId) {
        return ask(session, replyTo -> new SessionCommand.Rewind(turn, requestId, replyTo));
    }

    /**
     * Changes how a session remembers. What was computed before stays valid.
     *
     * @throws dev.mneme.errors.MemoryRefused if its model cannot follow
     * @throws dev.mneme.errors.PinRefused if a turn to be pinned does not fit
     */
    public Described edit(SessionHandle session, MemoryChange change, Optional<String> requestId) {
        ModelMemory model = with(describe(session).facts().model(), ModelMemory::of);
        return ask(session, replyTo -> new SessionCommand.EditMemory(change, model, requestId, replyTo));
    }

    /** Deletes the session of this name, unless this very request did so before: its name may be another's by now. */
    public void delete(String name, String requestId) {
        if (directory.deletedBy(Names.session(name), requestId).isEmpty()) {
            delete(find(name), Optional.of(requestId));
        }
    }

    /** Deletes a session: its name is free at once, its space when no fork reads it any more. */
    public synchronized void delete(SessionHandle session, Optional<String> requestId) {
        switch (node.ask(session, replyTo -> new SessionCommand.Delete(requestId, replyTo), ANSWER)) {
            case SessionReply.Gone() -> node.journal()
                    .reclaim(services.tenant().name(), session.sessionId(), services.tenant().tails()::delete);
            case SessionReply.Refused(RuntimeException reason) -> throw reason;
            case SessionReply.Unknown() -> throw new SessionNotFound(services.tenant().name(), session.name());
            case Described described -> throw new SessionFailed(session.name(), "it was not deleted; try again", null);
        }
    }

    private Described ask(SessionHandle session, Function<ActorRef<SessionReply>, SessionCommand> question) {
        return switch (node.ask(session, question, ANSWER)) {
            case Described described -> described;
            case SessionReply.Refused(RuntimeException reason) -> throw reason;
            case SessionReply.Gone() -> throw new SessionNotFound(services.tenant().name(), session.name());
            case SessionReply.Unknown() -> throw new SessionNotFound(services.tenant().name(), session.name());
        };
    }

    private SessionIdentity identity(SessionHandle session) {
        return new SessionIdentity(
                session.tenant(), session.name(), session.sessionId(), System.currentTimeMillis());
    }

    private static BranchId branch(SessionHandle session, Described described) {
        return new BranchId(session.sessionId(), described.branch());
    }
}
