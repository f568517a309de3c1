package dev.mneme.app;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntToDoubleFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What this machine can do at most, measured with simple loops in the same JVM: the yardstick that model speeds are put
 * beside.
 *
 * @param threads threads that measured at the same time
 * @param readBytesPerSecond streaming reads from memory, all threads together
 * @param flopsPerSecond fused multiply-adds on registers, two operations each, all threads together
 * @param vectorBits width of the widest vectors that the JVM uses
 */
public record Machine(int threads, double readBytesPerSecond, double flopsPerSecond, int vectorBits) {
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final long BYTES_PER_THREAD = 128L << 20;
    private static final int REPEATS = 6;

    /** Keeps results alive, so that no loop is optimized away. */
    private static volatile double sink;

    /** Measures, which takes about a second and wants the machine for itself. */
    public static Machine measure(int threads) {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads); Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(BYTES_PER_THREAD * threads, 64);
            memory.fill((byte) 1);
            double bytes = best(pool, threads, index ->
                    stream(memory.asSlice(index * BYTES_PER_THREAD, BYTES_PER_THREAD)));
            double flops = best(pool, threads, index -> multiplyAdd());
            return new Machine(threads, bytes, flops, FLOATS.vectorBitSize());
        }
    }

    /** The best rate of a few rounds: the first ones compile, others may be disturbed. */
    private static double best(ExecutorService pool, int threads, IntToDoubleFunction work) {
        double best = 0;
        for (int round = 0; round < REPEATS; round++) {
            List<Future<Double>> parts = new ArrayList<>();
            long start = System.nanoTime();
            for (int thread = 0; thread < threads; thread++) {
                int index = thread;
                parts.add(pool.submit(() -> work.applyAsDouble(index)));
            }
            double done = 0;
            for (Future<Double> part : parts) {
                done += result(part);
            }
            best = Math.max(best, done / ((System.nanoTime() - start) / 1e9));
        }
        return best;
    }

    private static double result(Future<Double> part) {
        try {
            return part.get();
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("The measurement was interrupted.", cancelled);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the measuring loop failed", failed);
        }
    }

    private static double stream(MemorySegment memory) {
        int step = LONGS.vectorByteSize();
        LongVector a = LongVector.zero(LONGS);
        LongVector b = LongVector.zero(LONGS);
        LongVector c = LongVector.zero(LONGS);
        LongVector d = LongVector.zero(LONGS);
        for (long at = 0; at < memory.byteSize(); at += 4L * step) {
            a = a.add(LongVector.fromMemorySegment(LONGS, memory, at, ByteOrder.LITTLE_ENDIAN));
            b = b.add(LongVector.fromMemorySegment(LONGS, memory, at + step, ByteOrder.LITTLE_ENDIAN));
            c = c.add(LongVector.fromMemorySegment(LONGS, memory, at + 2L * step, ByteOrder.LITTLE_ENDIAN));
            d = d.add(LongVector.fromMemorySegment(LONGS, memory, at + 3L * step, ByteOrder.LITTLE_ENDIAN));
        }
        sink = a.add(b).add(c.add(d)).lane(0);
        return memory.byteSize();
    }

    private static double multiplyAdd() {
        int rounds = 20_000_000 / FLOATS.length();
        FloatVector factor = FloatVector.broadcast(FLOATS, 0.999f);
        FloatVector a = factor;
        FloatVector b = factor;
        FloatVector c = factor;
        FloatVector d = factor;
        FloatVector e = factor;
        FloatVector f = factor;
        FloatVector g = factor;
        FloatVector h = factor;
        FloatVector i = factor;
        FloatVector j = factor;
        for (int round = 0; round < rounds; round++) {
            a = a.fma(factor, factor);
            b = b.fma(factor, factor);
            c = c.fma(factor, factor);
            d = d.fma(factor, factor);
            e = e.fma(factor, factor);
            f = f.fma(factor, factor);
            g = g.fma(factor, factor);
            h = h.fma(factor, factor);
            i = i.fma(factor, factor);
            j = j.fma(factor, factor);
        }
        sink = a.add(b).add(c.add(d)).add(e.add(f)).add(g.add(h)).add(i.add(j)).lane(0);
        return 2.0 * 10 * rounds * FLOATS.length();
    }
}
