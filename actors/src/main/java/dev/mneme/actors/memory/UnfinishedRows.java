package dev.mneme.actors.memory;

import dev.mneme.persistence.index.BlockEntry;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.ParentLink;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.store.BlockKey;
import dev.mneme.store.BlockLease;
import dev.mneme.store.BlockShape;
import dev.mneme.store.LeaseResult;
import dev.mneme.store.Tail;
import dev.mneme.store.TailResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The first rows of a block that is not sealed for this session: from its own tail, from an ancestor's tail, or from
 * an ancestor's sealed block that goes on differently. The keys and values of a token depend only on the tokens before it,
 * so rows of equal beginnings are equal. A sealed block of a quantized format does not have its rows any more as they were
 * written, which is how the block's own tokens see them: they are computed again. So are those of a block whose native
 * windows were trimmed.
 */
final class UnfinishedRows {
    private static final int BLOCK = KvLayout.BLOCK;

    private final MemorySpace space;
    private final BranchId branch;
    private final SessionMemory memory;
    private final ChainTip tip;
    private boolean part;

    UnfinishedRows(MemorySpace space, BranchId branch, SessionMemory memory, ChainTip tip) {
        this.space = space;
        this.branch = branch;
        this.memory = memory;
        this.tip = tip;
    }

    /** Fills the first rows of a block, at most {@code wanted}; answers how many. */
    int fill(int block, int wanted) {
        int[] line = lineOf(block);
        int best = Math.min(wanted, fromOwnTail(block, line));
        int shared = wanted;
        Optional<ParentLink> link = space.index().parent(branch);
        while (best < shared && link.isPresent()) {
            BranchId ancestor = link.get().parent();
            // With an ancestor it shares no more than with those between: it may have left them earlier than they left it.
            shared = Math.min(shared, link.get().position() - block * BLOCK);
            if (shared > best) {
                best = Math.max(best, Math.min(shared, fromAncestor(ancestor, block, line, best)));
            }
            link = space.index().parent(ancestor);
        }
        return best;
    }

    /** Whether more rows would have been there if an ancestor's block were kept as it was written, and its windows as well. */
    boolean foundPart() {
        return part;
    }

    private int[] lineOf(int block) {
        return block == tip.blocks()
                ? tip.tail()
                : space.index().tokens(branch, block * BLOCK, (block + 1) * BLOCK);
    }

    private int fromAncestor(BranchId ancestor, int block, int[] line, int best) {
        for (BlockEntry entry : space.index().blocks(ancestor, block, block + 1)) {
            if (memory.format(block).isQuantized()) {
                part = true;
            } else if (copySealed(new BlockKey(entry.keyHigh(), entry.keyLow()), block)) {
                return BLOCK;
            }
        }
        return fromTail(ancestor.sessionId(), block, line, best);
    }

    private boolean copySealed(BlockKey key, int block) {
        List<BlockShape> shapes = space.form(memory.format(block)).shapes();
        List<BlockLease> leases = new ArrayList<>();
        try {
            for (int group = 0; group < shapes.size(); group++) {
                if (!(space.blocks().lease(BlockKeys.ofGroup(key, group), shapes.get(group))
                        instanceof LeaseResult.Leased(BlockLease lease))) {
                    part |= group > 0;
                    return false;
                }
                leases.add(lease);
            }
            copy(block, leases.stream().map(BlockLease::payload).toList());
            return true;
        } finally {
            leases.forEach(BlockLease::close);
        }
    }

    /** Takes over what the session's own tail has to retrieve with, if its rows are those of this block, and no rows. */
    void retrieval(int block) {
        try (Arena arena = Arena.ofConfined()) {
            tail(branch.sessionId(), block, arena).ifPresent(this::restoreRetrieval);
        }
    }

    /** Takes over the session's own tail, with what it retrieves with. */
    private int fromOwnTail(int block, int[] line) {
        try (Arena arena = Arena.ofConfined()) {
            Optional<Tail> own = tail(branch.sessionId(), block, arena);
            own.ifPresent(this::restoreRetrieval);
            return own.map(tail -> rows(tail, block, line, 0)).orElse(0);
        }
    }

    /** The tail of a session, if its rows are those of this block. */
    private Optional<Tail> tail(String sessionId, int block, Arena arena) {
        return space.tails().read(sessionId, arena) instanceof TailResult.Found(Tail tail) && continues(tail, block)
                ? Optional.of(tail)
                : Optional.empty();
    }

    private void restoreRetrieval(Tail tail) {
        int payloads = tail.ids().length == 0 ? 0 : space.groups();
        if (tail.groups().size() > payloads) {
            memory.choices().restore(
                    tail.groups().subList(payloads, tail.groups().size()), tail.firstPosition());
        }
    }

    private boolean continues(Tail tail, int block) {
        int start = block * BLOCK;
        return tail.firstPosition() == start
                && tail.previous().equals(memory.rowsKey(block, start + tail.ids().length));
    }

    /** Copies a tail that agrees with the line for more than {@code best} rows; answers how many rows agree. */
    private int fromTail(String sessionId, int block, int[] line, int best) {
        try (Arena arena = Arena.ofConfined()) {
            return tail(sessionId, block, arena).map(tail -> rows(tail, block, line, best)).orElse(0);
        }
    }

    private int rows(Tail tail, int block, int[] line, int best) {
        int[] ids = tail.ids();
        int different = Arrays.mismatch(ids, line);
        int rows = different < 0 ? ids.length : different;
        if (rows > best) {
            copy(block, tail.groups().subList(0, space.groups()));
        }
        return rows;
    }

    private void copy(int block, List<MemorySegment> payloads) {
        for (int group = 0; group < payloads.size(); group++) {
            MemorySegment source = payloads.get(group);
            MemorySegment.copy(source, 0, memory.open(block, group), 0, source.byteSize());
        }
    }
}
