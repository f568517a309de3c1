package dev.mneme.persistence.index;

import dev.mneme.persistence.JournalOrderException;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.PromptExtended;
import dev.mneme.persistence.event.Rewound;
import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.event.SessionDeleted;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.SessionForked;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TokensSampled;
import dev.mneme.persistence.event.TurnEnded;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.event.TurnResumed;
import dev.mneme.persistence.event.TurnStarted;
import dev.mneme.persistence.rocksdb.Batch;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.serialization.Body;
import dev.mneme.persistence.serialization.RecordCodec;
import java.util.List;
import java.util.Optional;

/**
 * Writes the rows that one event of one session causes. An event that contradicts the events before it is refused, and
 * with it the write that holds it.
 */
final class IndexWriter {
    private final Batch batch;
    private final Rows rows;
    private final long sequenceNr;

    IndexWriter(Batch batch, SessionPersistenceId session, long sequenceNr) {
        this.batch = batch;
        this.rows = new Rows(session);
        this.sequenceNr = sequenceNr;
    }

    void apply(SessionEvent event) {
        SessionHead head =
                switch (event) {
                    case SessionCreated created -> created(created);
                    case SessionForked forked -> forked(forked);
                    case TurnStarted started -> started(head(), started);
                    case PromptExtended extended ->
                        tokens(head(), extended.turn(), extended.position(), extended.tokens());
                    case TokensSampled sampled -> tokens(head(), sampled.turn(), sampled.position(), sampled.tokens());
                    case TurnResumed resumed -> resumed(head(), resumed);
                    case TurnEnded ended -> ended(head(), ended);
                    case Rewound rewound -> rewound(head(), rewound);
                    case MemoryEdited edited -> edited(head(), edited);
                    case SessionDeleted deleted -> deleted(head(), deleted);
                };
        batch.put(rows.head(), head.after(sequenceNr).body());
    }

    private SessionHead created(SessionCreated event) {
        check(event.tenant().equals(rows.tenant()) && event.sessionId().equals(rows.sessionId()), "it is another session's");
        open(event, BranchOrigin.NOWHERE);
        request(event.requestId(), RequestKind.CREATED, sequenceNr, 0);
        return new SessionHead(sequenceNr, 0, 0, false, sequenceNr, false);
    }

    private SessionHead forked(SessionForked event) {
        check(event.tenant().equals(rows.tenant()) && event.sessionId().equals(rows.sessionId()), "it is another session's");
        Rows parent = rows.of(event.parentSessionId());
        BranchId left = new BranchId(event.parentSessionId(), event.parentBranch());
        IndexReader.get(batch, parent.head(), "session " + event.parentSessionId(), SessionHead::read)
                .filter(head -> head.branch() == left.branch())
                .ifPresent(head -> check(
                        event.position() <= head.position() && event.turn() <= head.turns(),
                        "it forks turn " + event.turn() + " at " + event.position() + ", past the end"));
        open(event, shortest(parent, left, event.position(), event.turn(), event.position() - 1));
        batch.put(parent.child(rows.sessionId()), Body.of(out -> out.text(rows.sessionId())));
        request(event.requestId(), RequestKind.FORKED, sequenceNr, event.turn());
        return new SessionHead(sequenceNr, event.position(), event.turn(), false, sequenceNr, false);
    }

    private void open(SessionEvent first, BranchOrigin origin) {
        check(sequenceNr == 1, "it can only be the first event");
        batch.put(rows.facts(), Body.of(out -> {
            out.text(RecordCodec.manifest(first));
            out.bytes(RecordCodec.encode(first));
        }));
        batch.put(rows.branch(sequenceNr), origin.body());
    }

    private SessionHead started(SessionHead head, TurnStarted event) {
        check(!head.turnOpen(), "turn " + head.turns() + " is still open");
        check(event.prompt().size() <= event.promptTotal(), "its prompt is longer than it says");
        boolean goesOn = event.kind() == TurnKind.CONTINUE;
        check(
                event.turn() == head.turns() + (goesOn ? 0 : 1),
                event.kind() + " as turn " + event.turn() + " cannot follow turn " + head.turns());
        BranchId branch = new BranchId(rows.sessionId(), head.branch());
        TurnSpan span = goesOn
                ? turn(branch, event.turn()).continuedIn(branch, event.position(), sequenceNr)
                : span(branch, event);
        batch.put(rows.turn(head.branch(), event.turn()), span.body());
        request(event.requestId(), RequestKind.TURN, head.branch(), event.turn());
        return tokens(head.inTurn(event.turn()), event.turn(), event.position(), event.prompt());
    }

    private TurnSpan span(BranchId branch, TurnStarted event) {
        return new TurnSpan(
                branch,
                event.turn(),
                event.kind(),
                event.requestId(),
                event.position(),
                event.promptTotal(),
                event.position(),
                Optional.empty(),
                sequenceNr,
                0,
                event.startedAtMillis(),
                List.of());
    }

    /**
     * A turn of {@code branch}, wherever it was begun. Only what never changes of a turn is taken from another branch:
     * a rebuild finds that branch as it became later.
     */
    private TurnSpan turn(BranchId branch, int turn) {
        Optional<BranchId> next = Optional.of(branch);
        while (next.isPresent()) {
            Rows owner = rows.of(next.get().sessionId());
            Optional<TurnSpan> span = IndexReader.get(
                    batch, owner.turn(next.get().branch(), turn), "turn " + turn, TurnSpan::read);
            if (span.isPresent()) {
                return span.get();
            }
            next = branch(owner, next.get().branch()).parent();
        }
        throw refused("there is no turn " + turn);
    }

    private SessionHead tokens(SessionHead head, int turn, int position, Tokens tokens) {
        checkOpen(head, turn);
        checkPosition(head, position);
        if (!tokens.isEmpty()) {
            batch.put(rows.position(head.branch(), position), Body.of(out -> out.longCount(sequenceNr)));
        }
        return head.at(position + tokens.size());
    }

    /** The request has the outcome of the one that began the turn, or went on with it last. */
    private SessionHead resumed(SessionHead head, TurnResumed event) {
        checkOpen(head, event.turn());
        long startedAt = openSpan(head).startedAt();
        request(event.requestId(), new RequestOutcome(RequestKind.TURN, head.branch(), event.turn(), startedAt));
        return head;
    }

    private SessionHead ended(SessionHead head, TurnEnded event) {
        checkOpen(head, event.turn());
        checkPosition(head, event.position());
        end(head, event.finish());
        return head.betweenTurns();
    }

    private void end(SessionHead head, FinishReason reason) {
        TurnSpan ended = openSpan(head).ended(head.position(), reason, sequenceNr);
        batch.put(rows.turn(head.branch(), head.turns()), ended.body());
    }

    /** An open turn is always the current branch's own. */
    private TurnSpan openSpan(SessionHead head) {
        Key row = rows.turn(head.branch(), head.turns());
        return IndexReader.get(batch, row, "turn " + head.turns(), TurnSpan::read)
                .orElseThrow(() -> refused("there is no turn " + head.turns()));
    }

    private SessionHead rewound(SessionHead head, Rewound event) {
        check(
                event.toTurn() <= head.turns() && event.toPosition() <= head.position(),
                "it rewinds to turn " + event.toTurn() + " at " + event.toPosition() + ", past the end");
        if (head.turnOpen()) {
            end(head, FinishReason.INTERRUPTED);
        }
        BranchId left = new BranchId(rows.sessionId(), head.branch());
        batch.put(
                rows.branch(sequenceNr),
                shortest(rows, left, event.toPosition(), event.toTurn(), event.toPosition())
                        .body());
        request(event.requestId(), RequestKind.REWOUND, sequenceNr, event.toTurn());
        return new SessionHead(sequenceNr, event.toPosition(), event.toTurn(), false, sequenceNr, false);
    }

    private SessionHead edited(SessionHead head, MemoryEdited event) {
        checkPosition(head, event.position());
        batch.put(
                rows.edits(head.branch()),
                edits(rows, head.branch()).and(sequenceNr, event).body());
        request(event.requestId(), RequestKind.EDITED, head.branch(), head.turns());
        return head;
    }

    private SessionHead deleted(SessionHead head, SessionDeleted event) {
        request(event.requestId(), RequestKind.DELETED, head.branch(), head.turns());
        return head.gone();
    }

    /** The first outcome of a request id stands. */
    private void request(Optional<String> requestId, RequestKind kind, long branch, int turn) {
        requestId.ifPresent(id -> request(id, new RequestOutcome(kind, branch, turn, sequenceNr)));
    }

    private void request(String id, RequestOutcome outcome) {
        if (IndexReader.get(batch, rows.request(id), "request " + id, RequestOutcome::read).isEmpty()) {
            batch.put(rows.request(id), outcome.body());
        }
    }

    /**
     * The origin of a branch that leaves {@code left}. Where it leaves before {@code left} had anything of its own, it
     * leaves what {@code left} left, so that rewinding again and again makes no chain. A chain is never cut short across
     * sessions: a deleted session is kept for those that its forks name.
     *
     * @param edits memory edits made up to this token are seen from the new branch, and so are something of its own
     */
    private BranchOrigin shortest(Rows owner, BranchId left, int position, int turns, int edits) {
        BranchOrigin origin = branch(owner, left.branch());
        boolean nothingOfItsOwn = position <= origin.position()
                && turns <= origin.turns()
                && edits(owner, left.branch()).upTo(edits).isEmpty();
        return origin.parent()
                .filter(parent -> nothingOfItsOwn && parent.sessionId().equals(left.sessionId()))
                .map(parent -> shortest(owner, parent, position, turns, edits))
                .orElseGet(() -> new BranchOrigin(Optional.of(left), position, turns));
    }

    private BranchEdits edits(Rows owner, long branch) {
        return IndexReader.get(batch, owner.edits(branch), "edits of branch " + branch, BranchEdits::read)
                .orElse(BranchEdits.NONE);
    }

    private BranchOrigin branch(Rows owner, long branch) {
        return IndexReader.get(batch, owner.branch(branch), "branch " + branch, BranchOrigin::read)
                .orElseThrow(() -> refused("there is no branch " + branch + " in session " + owner.sessionId()));
    }

    private SessionHead head() {
        return IndexReader.get(batch, rows.head(), "session " + rows.sessionId(), SessionHead::read)
                .orElseThrow(() -> refused("the session was not created"));
    }

    private void checkOpen(SessionHead head, int turn) {
        check(head.turnOpen() && turn == head.turns(), "turn " + turn + " is not open");
    }

    private void checkPosition(SessionHead head, int position) {
        check(position == head.position(), "it begins at token " + position + ", and the session ends at " + head.position());
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            throw refused(what);
        }
    }

    private JournalOrderException refused(String what) {
        return new JournalOrderException(rows.sessionId(), sequenceNr, what);
    }
}
