package dev.mneme.actors.memory;

import dev.mneme.store.BlockKey;
import dev.mneme.store.BlockLease;
import dev.mneme.store.BlockShape;
import dev.mneme.store.LeaseResult;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What a turn has leased of some layer groups of its session's blocks: of a block all of these groups, or none.
 * Several threads may lease different blocks whose keys were asked for before; else for the engine thread.
 */
final class BlockLeases implements AutoCloseable {
    private final MemorySpace space;
    private final MemoryTimeline timeline;
    private final BlockChain chain;
    private final List<Integer> groups;
    private final String missing;
    private final Map<Integer, Map<Integer, BlockLease>> leases = new ConcurrentHashMap<>();

    /**
     * Leases nothing yet.
     *
     * @param groups  the layer groups
     * @param missing what is wrong with a block that the store does not have
     */
    BlockLeases(MemorySpace space, MemoryTimeline timeline, BlockChain chain, List<Integer> groups, String missing) {
        this.space = space;
        this.timeline = timeline;
        this.chain = chain;
        this.groups = groups;
        this.missing = missing;
    }

    boolean holds(int block) {
        return leases.containsKey(block);
    }

    /** The payload of a group of a block that is leased; null of others. */
    @Nullable MemorySegment get(int block, int group) {
        Map<Integer, BlockLease> taken = leases.get(block);
        BlockLease lease = taken == null ? null : taken.get(group);
        return lease == null ? null : lease.payload();
    }

    /** Leases a block if it is not leased; what is wrong if that cannot be done. */
    @Nullable String lease(int block) {
        if (holds(block)) {
            return null;
        }
        BlockKey key = chain.key(block);
        List<BlockShape> shapes = space.form(timeline.formatAt(block)).shapes();
        Map<Integer, BlockLease> taken = new ConcurrentHashMap<>();
        for (int group : groups) {
            switch (space.blocks().lease(BlockKeys.ofGroup(key, group), shapes.get(group))) {
                case LeaseResult.Leased(BlockLease lease) -> taken.put(group, lease);
                case LeaseResult.Missing() -> {
                    close(taken);
                    return missing;
                }
                case LeaseResult.Damaged damaged -> {
                    close(taken);
                    return "damaged";
                }
            }
        }
        leases.put(block, taken);
        return null;
    }

    /** Takes over leases of all layer groups of a block: those of these groups, if it holds none. */
    void take(int block, List<BlockLease> all) {
        Map<Integer, BlockLease> taken = new ConcurrentHashMap<>();
        groups.forEach(group -> taken.put(group, all.get(group)));
        if (leases.putIfAbsent(block, taken) != null) {
            close(taken);
        }
    }

    /**
     * Leases blocks side by side: what is not in memory is asked of the disk all at once, and each block is read and checked
     * when it is leased first. Answers those that are not there, and why.
     */
    Map<Integer, String> lease(List<Integer> blocks) {
        for (int block : blocks) {
            BlockKey key = chain.key(block);
            List<BlockShape> shapes = space.form(timeline.formatAt(block)).shapes();
            groups.forEach(group -> space.blocks().prefetch(BlockKeys.ofGroup(key, group), shapes.get(group)));
        }
        Map<Integer, String> problems = new ConcurrentHashMap<>();
        blocks.parallelStream().forEach(block -> {
            String problem = lease(block);
            if (problem != null) {
                problems.put(block, problem);
            }
        });
        return problems;
    }

    /** Gives a block up. */
    void release(int block) {
        Map<Integer, BlockLease> taken = leases.remove(block);
        if (taken != null) {
            close(taken);
        }
    }

    /** Gives up all blocks but some. */
    void releaseUnless(IntPredicate stays) {
        leases.keySet().stream().filter(block -> !stays.test(block)).toList().forEach(this::release);
    }

    private static void close(Map<Integer, BlockLease> taken) {
        taken.values().forEach(BlockLease::close);
    }

    @Override
    public void close() {
        leases.values().forEach(BlockLeases::close);
        leases.clear();
    }
}
