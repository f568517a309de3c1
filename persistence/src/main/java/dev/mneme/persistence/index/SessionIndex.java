package dev.mneme.persistence.index;

import dev.mneme.persistence.IndexDamagedException;
import dev.mneme.persistence.SessionGoneException;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.journal.EventLog;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.RecordStore;
import dev.mneme.persistence.rocksdb.Space;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

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
    private final TenantRows rows;
    private final BranchTokens tokens;
    private final BranchTurns turns;

    public SessionIndex(RecordStore store, EventLog events, String tenant) {
        this.store = store;
        this.events = events;
        this.rows = new TenantRows(store, tenant);
        this.tokens = new BranchTokens(rows, store, events);
        this.turns = new BranchTurns(rows, store);
    }

    /** Where {@code sessionId} stands; empty if there never was such a session or it is gone without a trace. */
    public Optional<SessionHead> head(String sessionId) {
        return rows.head(sessionId);
    }

    /** How {@code sessionId} began. */
    public Optional<SessionOrigin> origin(String sessionId) {
        return rows.get(rows.of(sessionId).facts(), "session " + sessionId, SessionOrigin::read);
    }

    /** One event of a session, by its sequence number. */
    public Optional<SessionEvent> event(String sessionId, long sequenceNr) {
        return events.get(rows.persistenceId(sessionId), sequenceNr).flatMap(record -> record.event().sessionEvent());
    }

    /**
     * The tokens {@code [from, to)} of a branch, its own and those it reads from the branches it came from. Only the
     * events that hold them are read.
     *
     * @throws IndexOutOfBoundsException if the branch has fewer than {@code to} tokens
     * @throws SessionGoneException if there is no such branch
     */
    public int[] tokens(BranchId branch, int from, int to) {
        return tokens.read(branch, from, to);
    }

    /** The turns of a branch, in order, with those it reads from the branches it came from. */
    public List<TurnSpan> turns(BranchId branch) {
        return turns.all(branch);
    }

    /** One turn of a branch. */
    public Optional<TurnSpan> turn(BranchId branch, int turn) {
        return turns.find(branch, turn);
    }

    /**
     * One turn of a branch as a branch sees it that left this one after {@code position} tokens. It stays the same
     * whatever tokens the turn gets after that: who replays a fork asks for this.
     */
    public Optional<TurnSpan> turn(BranchId branch, int turn, int position) {
        return turns.find(branch, turn, position);
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
            BranchOrigin origin = rows.origin(current);
            boolean rewound = origin.parent().filter(parent -> parent.sessionId().equals(current.sessionId())).isPresent();
            last = Math.min(last, rewound ? origin.position() : origin.position() - 1);
            next = origin.parent();
        }
        return youngestFirst.stream().flatMap(List::stream).toList();
    }

    private BranchEdits ownEdits(BranchId branch, BranchId asked, long sequenceNr) {
        BranchEdits edits = rows.get(rows.of(branch.sessionId()).edits(branch.branch()), "edits of " + branch, BranchEdits::read)
                .orElse(BranchEdits.NONE);
        return branch.sessionId().equals(asked.sessionId()) ? edits.until(sequenceNr) : edits;
    }

    /** What came of the first request with this id. */
    public Optional<RequestOutcome> request(String sessionId, String requestId) {
        return rows.get(rows.of(sessionId).request(requestId), "request " + requestId, RequestOutcome::read);
    }

    /**
     * Keeps what is known of sealed blocks. Not synced: a block is a cache, and what is lost with the power is found
     * out again.
     */
    public void putBlocks(BranchId branch, List<BlockEntry> blocks) {
        Rows own = rows.of(branch.sessionId());
        store.writeUnsynced(batch -> {
            blocks.forEach(entry -> batch.put(own.block(branch.branch(), entry.block()), entry.body()));
            return true;
        });
    }

    /** Forgets what is known of a session's own blocks, if it cannot be trusted. Not synced. */
    public void forgetBlocks(String sessionId) {
        Key all = rows.of(sessionId).in(Space.BLOCK);
        store.removeUnsynced(all, all.end());
    }

    /** What is known of a block of a branch, or of the branch it reads that block from. */
    public Optional<BlockEntry> block(BranchId branch, int block) {
        Optional<BranchId> next = Optional.of(branch);
        while (next.isPresent()) {
            BranchId current = next.get();
            Optional<BlockEntry> entry =
                    rows.get(rows.of(current.sessionId()).block(current.branch(), block), "block " + block, BlockEntry::read);
            if (entry.isPresent()) {
                return entry;
            }
            BranchOrigin origin = rows.origin(current);
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
            BranchOrigin origin = rows.origin(next);
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
        Rows own = rows.of(branch.sessionId());
        List<BlockEntry> entries = new ArrayList<>();
        if (from < to) {
            store.scan(own.block(branch.branch(), from), own.block(branch.branch(), to), row -> {
                entries.add(IndexReader.read("blocks of " + branch, row, BlockEntry::read));
                return true;
            });
        }
        return entries;
    }

    /** The branch that a branch left; none for the first branch of a session that was not forked. */
    public Optional<ParentLink> parent(BranchId branch) {
        BranchOrigin origin = rows.origin(branch);
        return origin.parent().map(parent -> new ParentLink(parent, origin.position()));
    }
}
