package dev.mneme.persistence.index;

import dev.mneme.persistence.event.PromptExtended;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TokensSampled;
import dev.mneme.persistence.event.TurnStarted;
import dev.mneme.persistence.journal.EventLog;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.persistence.rocksdb.RecordStore;
import dev.mneme.persistence.serialization.FieldReader;

/** Reads the tokens of branches from the events that hold them, which the index tells by their positions. */
final class BranchTokens {
    private final TenantRows rows;
    private final RecordStore store;
    private final EventLog events;

    BranchTokens(TenantRows rows, RecordStore store, EventLog events) {
        this.rows = rows;
        this.store = store;
        this.events = events;
    }

    /** The tokens {@code [from, to)} of a branch: see {@link SessionIndex#tokens}. */
    int[] read(BranchId branch, int from, int to) {
        if (from < 0 || from > to) {
            throw new IndexOutOfBoundsException("tokens from " + from + " to " + to);
        }
        int[] tokens = new int[to - from];
        BranchId next = branch;
        int end = to;
        while (end > from) {
            BranchOrigin origin = rows.origin(next);
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
        Rows own = rows.of(branch.sessionId());
        long first = store.last(own.position(branch.branch(), 0), own.position(branch.branch(), from))
                .map(row -> IndexReader.read("tokens from " + from, row, FieldReader::longCount))
                .orElseThrow(() -> tooFew(branch, from));
        int[] reached = {from};
        events.read(rows.persistenceId(branch.sessionId()), first, Long.MAX_VALUE, record -> {
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
}
