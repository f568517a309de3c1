package dev.mneme.actors.verification;

import dev.mneme.actors.memory.BlockKeys;
import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.actors.tenant.Tenant;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.store.BlockKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The tokens of one branch of a session, as its journal tells them. */
final class Line {
    private final BranchId branch;
    private final int inherited;
    private MemoryTimeline timeline;
    private int[] tokens;
    private int size;

    Line(BranchId branch, MemoryTimeline timeline, int[] inherited) {
        this.branch = branch;
        this.timeline = timeline;
        this.inherited = inherited.length;
        this.tokens = inherited;
        this.size = inherited.length;
    }

    BranchId branch() {
        return branch;
    }

    int size() {
        return size;
    }

    /** Whether the branch has tokens of its own. */
    boolean wentOn() {
        return size > inherited;
    }

    /** How the session remembers in this branch. */
    MemoryTimeline timeline() {
        return timeline;
    }

    void edit(MemoryEdited edit) {
        timeline = timeline.with(edit);
    }

    void add(int[] more) {
        if (size + more.length > tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(2 * tokens.length, size + more.length));
        }
        System.arraycopy(more, 0, tokens, size, more.length);
        size += more.length;
    }

    /** The tokens {@code [0, to)}, or fewer if there are fewer. */
    int[] first(int to) {
        return Arrays.copyOf(tokens, Math.min(to, size));
    }

    /** Whether {@code ids} are the tokens from {@code from} on. */
    boolean holds(int from, int[] ids) {
        return from + ids.length <= size && Arrays.equals(tokens, from, from + ids.length, ids, 0, ids.length);
    }

    /** The key of each full block of the first {@code to} tokens. */
    List<BlockKey> chain(Tenant tenant, int to) {
        BlockKeys keys = tenant.keys(timeline);
        List<BlockKey> chain = new ArrayList<>();
        BlockKey last = BlockKeys.ORIGIN;
        for (int from = 0; from + KvLayout.BLOCK <= Math.min(to, size); from += KvLayout.BLOCK) {
            last = keys.next(chain.size(), last, tokens, from);
            chain.add(last);
        }
        return chain;
    }
}
