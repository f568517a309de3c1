package dev.mneme.persistence.index;

import dev.mneme.persistence.rocksdb.RecordStore;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads the turns of branches. A turn lies with the branch that began or last continued it; the branches that came from
 * there see it as it was when they left.
 */
final class BranchTurns {
    private final TenantRows rows;
    private final RecordStore store;

    BranchTurns(TenantRows rows, RecordStore store) {
        this.rows = rows;
        this.store = store;
    }

    /** All turns of a branch, in order. */
    List<TurnSpan> all(BranchId branch) {
        TreeMap<Integer, TurnSpan> turns = new TreeMap<>();
        Optional<View> view = Optional.of(View.of(branch));
        while (view.isPresent()) {
            View current = view.get();
            BranchOrigin origin = rows.origin(current.branch);
            Rows own = rows.of(current.branch.sessionId());
            store.scan(own.turns(current.branch.branch()), own.turn(current.branch.branch(), current.turns).end(), row -> {
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
    Optional<TurnSpan> find(BranchId branch, int turn) {
        return find(View.of(branch), turn);
    }

    /** One turn of a branch as it is seen from one that left after {@code position} tokens. */
    Optional<TurnSpan> find(BranchId branch, int turn, int position) {
        return find(new View(branch, position, turn), turn);
    }

    private Optional<TurnSpan> find(View from, int turn) {
        Optional<View> view = Optional.of(from);
        while (view.isPresent() && turn <= view.get().turns) {
            View current = view.get();
            BranchOrigin origin = rows.origin(current.branch);
            Optional<TurnSpan> span = rows.get(
                            rows.of(current.branch.sessionId()).turn(current.branch.branch(), turn),
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
                rows.head(span.branch().sessionId()).map(SessionHead::position).orElse(span.position()));
        return view.whole() ? open : open.seenUpTo(view.position);
    }
}
