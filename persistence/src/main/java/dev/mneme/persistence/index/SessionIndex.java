package dev.mneme.persistence.index;

import dev.mneme.persistence.IndexDamagedException;
import dev.mneme.persistence.SessionGoneException;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.PromptExtended;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TokensSampled;
import dev.mneme.persistence.event.TurnStarted;
import dev.mneme.persistence.journal.EventLog;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.RecordStore;
import dev.mneme.persistence.rocksdb.Space;
import dev.mneme.persistence.serialization.FieldReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What one tenant's sessions hold, found without going through their history. Sessions of other tenants cannot be named.
 *
 * <p>Thread-safe. Methods read from disk and may block. They throw {@link IndexDamagedException} where a row is damaged
 * and {@link dev.mneme.persistence.JournalDamagedException} where an event is.
 */
public final class SessionIndex {
    /** Tokens in a block. */
    public static final int BLOCK_TOKENS = 64;

    private final RecordStore store;
    private final EventLog events;
    private final String tenant;

    public SessionIndex(RecordStore store, EventLog events, String tenant) {
        this.store = store;
        this.events = events;
        this.tenant = tenant;
    }

    /** Where {@code sessionId} stands; empty if there never was such a session or it is gone without a trace. */
    public Optional<SessionHead> head(String sessionId) {
        return get(rows(sessionId).head(), "session " + sessionId, SessionHead::read);
    }

    /** How {@code sessionId} began. */
    public Optional<SessionOrigin> origin(String sessionId) {
        return get(rows(sessionId).facts(), "session " + sessionId, SessionOrigin::read);
    }

    /** One event of a session, by its sequence number. */
    public Optional<SessionEvent> event(String sessionId, long sequenceNr) {
        return events.get(persistenceId(sessionId), sequenceNr).flatMap(record -> record.event().sessionEvent());
    }

    /**
     * The tokens {@code [from, to)} of a branch, its own and those it reads from the branches it came from. Only the
     * events that hold them are read.
     *
     * @throws IndexOutOfBoundsException if the branch has fewer than {@code to} tokens
     * @throws SessionGoneException if there is no such branch
     */
    public int[] tokens(BranchId branch, int from, int to) {
        if (from < 0 || from > to) {
            throw new IndexOutOfBoundsException("tokens from " + from + " to " + to);
        }
        int[] tokens = new int[to - from];
        BranchId next = branch;
        int end = to;
        while (end > from) {
            BranchOrigin origin = origin(next);
            int start = Math.max(from, origin.position());
            if (start < end) {
                readOwn(next, start, end, tokens, start - from);
                end = start;
            }
            if (end > from) {
                next = origin.parent().orElseThrow();
            }
        }
        return tokens;
    }

    private void readOwn(BranchId branch, int from, int to, int[] target, int offset) {
        Rows rows = rows(branch.sessionId());
        long first = store.last(rows.position(branch.branch(), 0), rows.position(branch.branch(), from))
                .map(row -> IndexReader.read("tokens from " + from, row, FieldReader::longCount))
                .orElseThrow(() -> tooFew(branch, from));
        int[] reached = {from};
        events.read(persistenceId(branch.sessionId()), first, Long.MAX_VALUE, record -> {
            reached[0] = copy(record, reached[0], to, target, offset - from);
            return reached[0] < to;
        });
        if (reached[0] < to) {
            throw tooFew(branch, reached[0]);
        }
    }

    /** Copies what {@code record} holds of the tokens {@code [from, to)}, and says how far it came. */
    private static int copy(EventRecord record, int from, int to, int[] target, int shift) {
        return switch (record.event().sessionEvent().orElse(null)) {
            case TurnStarted event -> copy(event.position(), event.prompt(), from, to, target, shift);
            case PromptExtended event -> copy(event.position(), event.tokens(), from, to, target, shift);
            case TokensSampled event -> copy(event.position(), event.tokens(), from, to, target, shift);
            case null, default -> from;
        };
    }

    private static int copy(int position, Tokens tokens, int from, int to, int[] target, int shift) {
        int end = Math.min(to, position + tokens.size());
        if (from < position || from >= end) {
            return from; // of another branch, or without tokens
        }
        tokens.copyTo(from - position, end - position, target, from + shift);
        return end;
    }

    private static IndexOutOfBoundsException tooFew(BranchId branch, int tokens) {
        return new IndexOutOfBoundsException("branch " + branch + " has only " + tokens + " tokens");
    }

    /** The turns of a branch, in order, with those it reads from the branches it came from. */
    public List<TurnSpan> turns(BranchId branch) {
        TreeMap<Integer, TurnSpan> turns = new TreeMap<>();
        Optional<View> view = Optional.of(View.of(branch));
        while (view.isPresent()) {
            View current = view.get();
            BranchOrigin origin = origin(current.branch);
            Rows rows = rows(current.branch.sessionId());
            store.scan(rows.turns(current.branch.branch()), rows.turn(current.branch.branch(), current.turns).end(), row -> {
                TurnSpan span = IndexReader.read("turns of " + current.branch, row, TurnSpan::read);
                if (current.sees(span, origin)) {
                    turns.putIfAbsent(span.turn(), seen(span, current));
                }
                return true;
            });
            view = current.beyond(origin);
        }
        return List.copyOf(turns.values());
    }

    /** One turn of a branch. */
    public Optional<TurnSpan> turn(BranchId branch, int turn) {
        return turn(View.of(branch), turn);
    }

    /**
     * One turn of a branch as a branch sees it that left this one after {@code position} tokens. It stays the same
     * whatever tokens the turn gets after that: who replays a fork asks for this.
     */
    public Optional<TurnSpan> turn(BranchId branch, int turn, int position) {
        return turn(new View(branch, position, turn), turn);
    }

    private Optional<TurnSpan> turn(View from, int turn) {
        Optional<View> view = Optional.of(from);
        while (view.isPresent() && turn <= view.get().turns) {
            View current = view.get();
            BranchOrigin origin = origin(current.branch);
            Optional<TurnSpan> span = get(
                            rows(current.branch.sessionId()).turn(current.branch.branch(), turn),
                            "turn " + turn,
                            TurnSpan::read)
                    .filter(own -> current.sees(own, origin));
            if (span.isPresent()) {
                return span.map(found -> seen(found, current));
            }
            view = current.beyond(origin);
        }
        return Optional.empty();
    }

    /** What is seen of a branch from one that came from it: its first {@code position} tokens and {@code turns} turns. */
    private record View(BranchId branch, int position, int turns) {
        static View of(BranchId branch) {
            return new View(branch, Integer.MAX_VALUE, Integer.MAX_VALUE);
        }

        Optional<View> beyond(BranchOrigin origin) {
            return origin.parent()
                    .map(parent -> new View(
                            parent, Math.min(position, origin.position()), Math.min(turns, origin.turns())));
        }

        /** A turn that a branch inherited and continued is seen as it was inherited if nothing of the branch is seen. */
        boolean sees(TurnSpan own, BranchOrigin origin) {
            return own.turn() > origin.turns() || position > origin.position() || whole();
        }

        boolean whole() {
            return position == Integer.MAX_VALUE;
        }
    }

    private TurnSpan seen(TurnSpan span, View view) {
        if (span.finish().isPresent()) {
            return span.seenUpTo(view.position);
        }
        // An open turn's row does not say how far it got: that would be one more write a token.
        TurnSpan open = span.upTo(
                head(span.branch().sessionId()).map(SessionHead::position).orElse(span.position()));
        return view.whole() ? open : open.seenUpTo(view.position);
    }

    /**
     * The memory edits that hold in a branch after its event {@code sequenceNr}, oldest first: its own and those of the
     * branches it came from. A rewind keeps the edits made up to the token it goes back to. A fork sees those made before
     * the token it was forked at; those made at it are events of its own, since the parent may still make more there.
     *
     * @param sequenceNr the session's later events are left out; {@code Long.MAX_VALUE} for all
     */
    public List<MemoryEdited> edits(BranchId branch, long sequenceNr) {
        Deque<List<MemoryEdited>> youngestFirst = new ArrayDeque<>();
        Optional<BranchId> next = Optional.of(branch);
        int last = Integer.MAX_VALUE;
        while (next.isPresent()) {
            BranchId current = next.get();
            youngestFirst.push(ownEdits(current, branch, sequenceNr).upTo(last));
            BranchOrigin origin = origin(current);
            boolean rewound = origin.parent().filter(parent -> parent.sessionId().equals(current.sessionId())).isPresent();
            last = Math.min(last, rewound ? origin.position() : origin.position() - 1);
            next = origin.parent();
        }
        return youngestFirst.stream().flatMap(List::stream).toList();
    }

    private BranchEdits ownEdits(BranchId branch, BranchId asked, long sequenceNr) {
        BranchEdits edits = get(rows(branch.sessionId()).edits(branch.branch()), "edits of " + branch, BranchEdits::read)
                .orElse(BranchEdits.NONE);
        return branch.sessionId().equals(asked.sessionId()) ? edits.until(sequenceNr) : edits;
    }

    /** What came of the first request with this id. */
    public Optional<RequestOutcome> request(String sessionId, String requestId) {
        return get(rows(sessionId).request(requestId), "request " + requestId, RequestOutcome::read);
    }

    /**
     * Keeps what is known of sealed blocks. Not synced: a block is a cache, and what is lost with the power is found
     * out again.
     */
    public void putBlocks(BranchId branch, List<BlockEntry> blocks) {
        Rows rows = rows(branch.sessionId());
        store.writeUnsynced(batch -> {
            blocks.forEach(entry -> batch.put(rows.block(branch.branch(), entry.block()), entry.body()));
            return true;
        });
    }

    /** Forgets what is known of a session's own blocks, if it cannot be trusted. Not synced. */
    public void forgetBlocks(String sessionId) {
        Key all = rows(sessionId).in(Space.BLOCK);
        store.removeUnsynced(all, all.end());
    }

    /** What is known of a block of a branch, or of the branch it reads that block from. */
    public Optional<BlockEntry> block(BranchId branch, int block) {
        Optional<BranchId> next = Optional.of(branch);
        while (next.isPresent()) {
            BranchId current = next.get();
            Optional<BlockEntry> entry =
                    get(rows(current.sessionId()).block(current.branch(), block), "block " + block, BlockEntry::read);
            if (entry.isPresent()) {
                return entry;
            }
            BranchOrigin origin = origin(current);
            boolean inherited = (block + 1L) * BLOCK_TOKENS <= origin.position();
            next = inherited ? origin.parent() : Optional.empty();
        }
        return Optional.empty();
    }

    /**
     * What is known of the blocks {@code [from, to)} of a branch, ascending, from it and from the branches it came from.
     * Blocks that nothing is known of are left out.
     */
    public List<BlockEntry> blocks(BranchId branch, int from, int to) {
        Deque<List<BlockEntry>> youngestFirst = new ArrayDeque<>();
        BranchId next = branch;
        int end = to;
        while (from < end) {
            BranchOrigin origin = origin(next);
            int own = Math.max(from, Math.min(end, origin.position() / BLOCK_TOKENS));
            youngestFirst.push(ownBlocks(next, own, end));
            end = own;
            if (from < end) {
                next = origin.parent().orElseThrow();
            }
        }
        return youngestFirst.stream().flatMap(List::stream).toList();
    }

    private List<BlockEntry> ownBlocks(BranchId branch, int from, int to) {
        Rows rows = rows(branch.sessionId());
        List<BlockEntry> entries = new ArrayList<>();
        if (from < to) {
            store.scan(rows.block(branch.branch(), from), rows.block(branch.branch(), to), row -> {
                entries.add(IndexReader.read("blocks of " + branch, row, BlockEntry::read));
                return true;
            });
        }
        return entries;
    }

    /** The branch that a branch left; none for the first branch of a session that was not forked. */
    public Optional<ParentLink> parent(BranchId branch) {
        BranchOrigin origin = origin(branch);
        return origin.parent().map(parent -> new ParentLink(parent, origin.position()));
    }

    private BranchOrigin origin(BranchId branch) {
        return get(rows(branch.sessionId()).branch(branch.branch()), branch.toString(), BranchOrigin::read)
                .orElseThrow(() -> new SessionGoneException(tenant, branch.toString()));
    }

    private <T> Optional<T> get(Key key, String what, Function<FieldReader, T> fields) {
        return store.get(key).map(record -> IndexReader.read(what, record, fields));
    }

    private Rows rows(String sessionId) {
        return new Rows(tenant, sessionId);
    }

    private String persistenceId(String sessionId) {
        return new SessionPersistenceId(tenant, sessionId).text();
    }
}
