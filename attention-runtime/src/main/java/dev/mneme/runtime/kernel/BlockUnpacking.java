package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;
import static dev.mneme.runtime.kernel.Scratch.ALL;

import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvLayout;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Keys and values of one KV head of a block to f32, the bits of {@code KvNumbers}. Not thread-safe. */
final class BlockUnpacking {
    private static final int BLOCK = KvLayout.BLOCK;
    /** A dimension has 64 keys. */
    private static final int KEY_SHIFT = 6;
    private static final int SIXTEEN = 16;

    private final QuantizedScales scales = new QuantizedScales();

    /** Keys {@code [headDim][64]}. */
    void keys(BlockPayload payload, long keyOffset, float[] target) {
        MemorySegment bytes = payload.bytes();
        int count = BLOCK * payload.layout().headDim();
        switch (payload.layout().format()) {
            case F32 -> WeightUnpacking.f32(bytes, keyOffset, count, target, 0, 16);
            case F16 -> HalfFloats.toFloats(bytes, keyOffset, count, target);
            case I8, K8V4 -> {
                scales.readKeys(payload, keyOffset);
                signed(bytes.address() + keyOffset, count, KEY_SHIFT, scales.keys, target);
                Reference.reachabilityFence(bytes); // it was read by address
            }
        }
    }

    /** Values {@code [64][headDim]}. */
    void values(BlockPayload payload, long valueOffset, float[] target) {
        MemorySegment bytes = payload.bytes();
        int count = BLOCK * payload.layout().headDim();
        switch (payload.layout().format()) {
            case F32 -> WeightUnpacking.f32(bytes, valueOffset, count, target, 0, 16);
            case F16 -> HalfFloats.toFloats(bytes, valueOffset, count, target);
            case I8 -> {
                scales.readValues(payload, valueOffset);
                signed(bytes.address() + valueOffset, count, scales.shift, scales.values, target);
                Reference.reachabilityFence(bytes);
            }
            case K8V4 -> {
                scales.readValues(payload, valueOffset);
                nibbles(bytes.address() + valueOffset, count / 2, scales.shift, scales.values, scales.minima, target);
                Reference.reachabilityFence(bytes);
            }
        }
    }

    /**
     * Signed codes; number i has scale {@code i >> shift}. The inner loops here run a constant number of times, so that
     * the compiler unrolls them away: counted from i on, they took four times as long.
     */
    private static void signed(long source, int count, int shift, float[] scales, float[] target) {
        for (int i = 0; i < count; i += SIXTEEN) {
            FloatVector scale = FloatVector.broadcast(FLOATS, scales[i >> shift]);
            for (int p = 0; p < SIXTEEN; p += COUNT) {
                Lanes.toFloats(Lanes.bytes(ALL, source + i + p)).mul(scale).intoArray(target, i + p);
            }
        }
    }

    /** Unsigned codes, those of numbers i and {@code half + i} in a byte. */
    private static void nibbles(long source, int half, int shift, float[] scales, float[] minima, float[] target) {
        for (int i = 0; i < half; i += SIXTEEN) {
            int low = i >> shift;
            int high = (half + i) >> shift;
            FloatVector lowScale = FloatVector.broadcast(FLOATS, scales[low]);
            FloatVector lowMinimum = FloatVector.broadcast(FLOATS, minima[low]);
            FloatVector highScale = FloatVector.broadcast(FLOATS, scales[high]);
            FloatVector highMinimum = FloatVector.broadcast(FLOATS, minima[high]);
            for (int p = 0; p < SIXTEEN; p += COUNT) {
                IntVector both = Lanes.bytes(ALL, source + i + p);
                Lanes.toFloats(both.and(15)).fma(lowScale, lowMinimum).intoArray(target, i + p);
                Lanes.toFloats(both.lanewise(VectorOperators.ASHR, 4).and(15)).fma(highScale, highMinimum)
                        .intoArray(target, half + i + p);
            }
        }
    }
}
