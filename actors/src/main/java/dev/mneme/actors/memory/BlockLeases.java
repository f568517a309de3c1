package dev.mneme.actors.memory;

import dev.mneme.store.BlockKey;
import dev.mneme.store.BlockLease;
import dev.mneme.store.BlockShape;
import dev.mneme.store.LeaseResult;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What a turn has leased of some layer groups of its session's blocks: of a block all of these groups, or none.
 * For one thread at a time, the engine's when the turn runs; {@link #lease(List)} shares its work out.
 */
final class BlockLeases implements AutoCloseable {
    private final MemorySpace space;
    private final MemoryTimeline timeline;
    private final BlockChain chain;
    private final List<Integer> groups;
    private final String missing;
    private final Map<Integer, Map<Integer, BlockLease>> leases = new ConcurrentHashMap<>();
    private long coldNanos;

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

    /** A block that is to be leased: by place in {@link #groups}, under which keys the store has it, and in which shapes. */
    private record Wanted(int block, List<BlockKey> keys, List<BlockShape> shapes) {}

    private Wanted wanted(int block) {
        BlockKey key = chain.key(block);
        List<BlockShape> shapes = space.form(timeline.formatAt(block)).shapes();
        return new Wanted(
                block,
                groups.stream().map(group -> BlockKeys.ofGroup(key, group)).toList(),
                groups.stream().map(shapes::get).toList());
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

    /** The checksums of these groups of a block; none of a block that is not leased. */
    List<Long> checksums(int block) {
        Map<Integer, BlockLease> taken = leases.get(block);
        return taken == null
                ? List.of()
                : groups.stream().map(taken::get).map(BlockLease::checksum).toList();
    }

    /** Leases a block if it is not leased; what is wrong if that cannot be done. */
    @Nullable String lease(int block) {
        return holds(block) ? null : lease(List.of(block)).get(block);
    }

    /** How long leasing took, in all, where some of it was not in memory. */
    long coldNanos() {
        return coldNanos;
    }

    private @Nullable String lease(Wanted wanted) {
        Map<Integer, BlockLease> taken = new ConcurrentHashMap<>();
        for (int place = 0; place < groups.size(); place++) {
            switch (space.blocks().lease(wanted.keys.get(place), wanted.shapes.get(place))) {
                case LeaseResult.Leased(BlockLease lease) -> taken.put(groups.get(place), lease);
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
        leases.put(wanted.block, taken);
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
        long started = System.nanoTime();
        List<Wanted> all = new ArrayList<>();
        Set<Integer> cold = new HashSet<>();
        for (int block : blocks) {
            Wanted wanted = wanted(block);
            if (prefetch(wanted)) {
                cold.add(block);
            }
            all.add(wanted);
        }
        Map<Integer, String> problems = new ConcurrentHashMap<>();
        all.parallelStream().forEach(wanted -> {
            String problem = holds(wanted.block) ? null : lease(wanted);
            if (problem != null) {
                problems.put(wanted.block, problem);
            } else if (cold.contains(wanted.block)) {
                awaitBytes(wanted.block);
            }
        });
        if (!cold.isEmpty()) {
            coldNanos += System.nanoTime() - started;
        }
        return problems;
    }

    /** Asks the disk for what of a block is not in memory; whether anything was. */
    private boolean prefetch(Wanted wanted) {
        boolean cold = false;
        for (int place = 0; place < groups.size(); place++) {
            cold |= space.blocks().prefetch(wanted.keys.get(place), wanted.shapes.get(place));
        }
        return cold;
    }

    /** A block that was checked before is not read when it is leased: the wait for it would come later, and be nobody's. */
    private void awaitBytes(int block) {
        Objects.requireNonNull(leases.get(block)).values().forEach(lease -> lease.payload().load());
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
