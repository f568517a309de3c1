package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;
import static dev.mneme.runtime.kernel.Scratch.ALL;

import dev.mneme.runtime.kv.KvLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link AttentionTiles} on the codes of quantized keys and values as they lie in the block, for four query rows that are all there
 * are: each number is read once, so bringing it to f32 in a register is cheaper than by way of an array. For three rows of
 * signed codes {@link ThreeRowTiles} computes a quarter less.
 */
final class QuantizedTiles {
    private static final int BLOCK = KvLayout.BLOCK;

    private QuantizedTiles() {}

    /**
     * {@link AttentionTiles#score} of keys of 8 bits, with a scale for each dimension.
     *
     * @param codes address of the block's keys
     */
    static void score(
            float[] q, int q1, int q2, int q3, int headDim, long codes, float[] scales, int key,
            float[] scores, int o1, int o2, int o3) {
        FloatVector s00 = FloatVector.zero(FLOATS);
        FloatVector s01 = FloatVector.zero(FLOATS);
        FloatVector s02 = FloatVector.zero(FLOATS);
        FloatVector s03 = FloatVector.zero(FLOATS);
        FloatVector s10 = FloatVector.zero(FLOATS);
        FloatVector s11 = FloatVector.zero(FLOATS);
        FloatVector s12 = FloatVector.zero(FLOATS);
        FloatVector s13 = FloatVector.zero(FLOATS);
        FloatVector s20 = FloatVector.zero(FLOATS);
        FloatVector s21 = FloatVector.zero(FLOATS);
        FloatVector s22 = FloatVector.zero(FLOATS);
        FloatVector s23 = FloatVector.zero(FLOATS);
        FloatVector s30 = FloatVector.zero(FLOATS);
        FloatVector s31 = FloatVector.zero(FLOATS);
        FloatVector s32 = FloatVector.zero(FLOATS);
        FloatVector s33 = FloatVector.zero(FLOATS);
        for (int d = 0; d < headDim; d++) {
            int at = d * BLOCK + key;
            FloatVector scale = FloatVector.broadcast(FLOATS, scales[d]);
            FloatVector k0 = Lanes.toFloats(Lanes.bytes(ALL, codes + at)).mul(scale);
            FloatVector k1 = Lanes.toFloats(Lanes.bytes(ALL, codes + at + COUNT)).mul(scale);
            FloatVector k2 = Lanes.toFloats(Lanes.bytes(ALL, codes + at + 2 * COUNT)).mul(scale);
            FloatVector k3 = Lanes.toFloats(Lanes.bytes(ALL, codes + at + 3 * COUNT)).mul(scale);
            FloatVector x = FloatVector.broadcast(FLOATS, q[d]);
            s00 = x.fma(k0, s00);
            s01 = x.fma(k1, s01);
            s02 = x.fma(k2, s02);
            s03 = x.fma(k3, s03);
            x = FloatVector.broadcast(FLOATS, q[q1 + d]);
            s10 = x.fma(k0, s10);
            s11 = x.fma(k1, s11);
            s12 = x.fma(k2, s12);
            s13 = x.fma(k3, s13);
            x = FloatVector.broadcast(FLOATS, q[q2 + d]);
            s20 = x.fma(k0, s20);
            s21 = x.fma(k1, s21);
            s22 = x.fma(k2, s22);
            s23 = x.fma(k3, s23);
            x = FloatVector.broadcast(FLOATS, q[q3 + d]);
            s30 = x.fma(k0, s30);
            s31 = x.fma(k1, s31);
            s32 = x.fma(k2, s32);
            s33 = x.fma(k3, s33);
        }
        s00.intoArray(scores, key);
        s01.intoArray(scores, key + COUNT);
        s02.intoArray(scores, key + 2 * COUNT);
        s03.intoArray(scores, key + 3 * COUNT);
        s10.intoArray(scores, o1 + key);
        s11.intoArray(scores, o1 + key + COUNT);
        s12.intoArray(scores, o1 + key + 2 * COUNT);
        s13.intoArray(scores, o1 + key + 3 * COUNT);
        s20.intoArray(scores, o2 + key);
        s21.intoArray(scores, o2 + key + COUNT);
        s22.intoArray(scores, o2 + key + 2 * COUNT);
        s23.intoArray(scores, o2 + key + 3 * COUNT);
        s30.intoArray(scores, o3 + key);
        s31.intoArray(scores, o3 + key + COUNT);
        s32.intoArray(scores, o3 + key + 2 * COUNT);
        s33.intoArray(scores, o3 + key + 3 * COUNT);
    }

    /**
     * {@link AttentionTiles#addValues} of values of 8 bits, factors apart; number {@code i} of the block has scale {@code i >> shift}.
     *
     * @param codes address of the block's values
     */
    static void addSigned(
            float[] p, int p1, int p2, int p3, int first, int end, long codes, float[] scales, int shift,
            int headDim, int d, float[] outputs, int o0, int o1, int o2, int o3) {
        FloatVector s00 = FloatVector.fromArray(FLOATS, outputs, o0);
        FloatVector s01 = FloatVector.fromArray(FLOATS, outputs, o0 + COUNT);
        FloatVector s02 = FloatVector.fromArray(FLOATS, outputs, o0 + 2 * COUNT);
        FloatVector s03 = FloatVector.fromArray(FLOATS, outputs, o0 + 3 * COUNT);
        FloatVector s10 = FloatVector.fromArray(FLOATS, outputs, o1);
        FloatVector s11 = FloatVector.fromArray(FLOATS, outputs, o1 + COUNT);
        FloatVector s12 = FloatVector.fromArray(FLOATS, outputs, o1 + 2 * COUNT);
        FloatVector s13 = FloatVector.fromArray(FLOATS, outputs, o1 + 3 * COUNT);
        FloatVector s20 = FloatVector.fromArray(FLOATS, outputs, o2);
        FloatVector s21 = FloatVector.fromArray(FLOATS, outputs, o2 + COUNT);
        FloatVector s22 = FloatVector.fromArray(FLOATS, outputs, o2 + 2 * COUNT);
        FloatVector s23 = FloatVector.fromArray(FLOATS, outputs, o2 + 3 * COUNT);
        FloatVector s30 = FloatVector.fromArray(FLOATS, outputs, o3);
        FloatVector s31 = FloatVector.fromArray(FLOATS, outputs, o3 + COUNT);
        FloatVector s32 = FloatVector.fromArray(FLOATS, outputs, o3 + 2 * COUNT);
        FloatVector s33 = FloatVector.fromArray(FLOATS, outputs, o3 + 3 * COUNT);
        for (int j = first; j < end; j++) {
            int at = j * headDim + d;
            FloatVector v0 = Lanes.toFloats(Lanes.bytes(ALL, codes + at)).mul(scales[at >> shift]);
            FloatVector v1 = Lanes.toFloats(Lanes.bytes(ALL, codes + at + COUNT)).mul(scales[(at + COUNT) >> shift]);
            FloatVector v2 = Lanes.toFloats(Lanes.bytes(ALL, codes + at + 2 * COUNT)).mul(scales[(at + 2 * COUNT) >> shift]);
            FloatVector v3 = Lanes.toFloats(Lanes.bytes(ALL, codes + at + 3 * COUNT)).mul(scales[(at + 3 * COUNT) >> shift]);
            FloatVector x = FloatVector.broadcast(FLOATS, p[j]);
            s00 = x.fma(v0, s00);
            s01 = x.fma(v1, s01);
            s02 = x.fma(v2, s02);
            s03 = x.fma(v3, s03);
            x = FloatVector.broadcast(FLOATS, p[p1 + j]);
            s10 = x.fma(v0, s10);
            s11 = x.fma(v1, s11);
            s12 = x.fma(v2, s12);
            s13 = x.fma(v3, s13);
            x = FloatVector.broadcast(FLOATS, p[p2 + j]);
            s20 = x.fma(v0, s20);
            s21 = x.fma(v1, s21);
            s22 = x.fma(v2, s22);
            s23 = x.fma(v3, s23);
            x = FloatVector.broadcast(FLOATS, p[p3 + j]);
            s30 = x.fma(v0, s30);
            s31 = x.fma(v1, s31);
            s32 = x.fma(v2, s32);
            s33 = x.fma(v3, s33);
        }
        s00.intoArray(outputs, o0);
        s01.intoArray(outputs, o0 + COUNT);
        s02.intoArray(outputs, o0 + 2 * COUNT);
        s03.intoArray(outputs, o0 + 3 * COUNT);
        s10.intoArray(outputs, o1);
        s11.intoArray(outputs, o1 + COUNT);
        s12.intoArray(outputs, o1 + 2 * COUNT);
        s13.intoArray(outputs, o1 + 3 * COUNT);
        s20.intoArray(outputs, o2);
        s21.intoArray(outputs, o2 + COUNT);
        s22.intoArray(outputs, o2 + 2 * COUNT);
        s23.intoArray(outputs, o2 + 3 * COUNT);
        s30.intoArray(outputs, o3);
        s31.intoArray(outputs, o3 + COUNT);
        s32.intoArray(outputs, o3 + 2 * COUNT);
        s33.intoArray(outputs, o3 + 3 * COUNT);
    }

    /**
     * {@link AttentionTiles#addValues} of values of 4 bits, factors apart; number {@code i} of the block has scale and minimum
     * {@code i >> shift}, and for code the nibble {@code nibble} bits up in byte {@code from + i}.
     *
     * @param codes address of the block's values
     */
    static void addNibbles(
            float[] p, int p1, int p2, int p3, int first, int end, long codes, int from, int nibble,
            float[] scales, float[] minima, int shift,
            int headDim, int d, float[] outputs, int o0, int o1, int o2, int o3) {
        FloatVector s00 = FloatVector.fromArray(FLOATS, outputs, o0);
        FloatVector s01 = FloatVector.fromArray(FLOATS, outputs, o0 + COUNT);
        FloatVector s02 = FloatVector.fromArray(FLOATS, outputs, o0 + 2 * COUNT);
        FloatVector s03 = FloatVector.fromArray(FLOATS, outputs, o0 + 3 * COUNT);
        FloatVector s10 = FloatVector.fromArray(FLOATS, outputs, o1);
        FloatVector s11 = FloatVector.fromArray(FLOATS, outputs, o1 + COUNT);
        FloatVector s12 = FloatVector.fromArray(FLOATS, outputs, o1 + 2 * COUNT);
        FloatVector s13 = FloatVector.fromArray(FLOATS, outputs, o1 + 3 * COUNT);
        FloatVector s20 = FloatVector.fromArray(FLOATS, outputs, o2);
        FloatVector s21 = FloatVector.fromArray(FLOATS, outputs, o2 + COUNT);
        FloatVector s22 = FloatVector.fromArray(FLOATS, outputs, o2 + 2 * COUNT);
        FloatVector s23 = FloatVector.fromArray(FLOATS, outputs, o2 + 3 * COUNT);
        FloatVector s30 = FloatVector.fromArray(FLOATS, outputs, o3);
        FloatVector s31 = FloatVector.fromArray(FLOATS, outputs, o3 + COUNT);
        FloatVector s32 = FloatVector.fromArray(FLOATS, outputs, o3 + 2 * COUNT);
        FloatVector s33 = FloatVector.fromArray(FLOATS, outputs, o3 + 3 * COUNT);
        for (int j = first; j < end; j++) {
            int at = j * headDim + d;
            FloatVector v0 = Lanes.toFloats(
                            Lanes.bytes(ALL, codes + from + at).lanewise(VectorOperators.LSHR, nibble).and(15))
                    .fma(FloatVector.broadcast(FLOATS, scales[at >> shift]),
                            FloatVector.broadcast(FLOATS, minima[at >> shift]));
            FloatVector v1 = Lanes.toFloats(
                            Lanes.bytes(ALL, codes + from + at + COUNT).lanewise(VectorOperators.LSHR, nibble).and(15))
                    .fma(FloatVector.broadcast(FLOATS, scales[(at + COUNT) >> shift]),
                            FloatVector.broadcast(FLOATS, minima[(at + COUNT) >> shift]));
            FloatVector v2 = Lanes.toFloats(
                            Lanes.bytes(ALL, codes + from + at + 2 * COUNT).lanewise(VectorOperators.LSHR, nibble).and(15))
                    .fma(FloatVector.broadcast(FLOATS, scales[(at + 2 * COUNT) >> shift]),
                            FloatVector.broadcast(FLOATS, minima[(at + 2 * COUNT) >> shift]));
            FloatVector v3 = Lanes.toFloats(
                            Lanes.bytes(ALL, codes + from + at + 3 * COUNT).lanewise(VectorOperators.LSHR, nibble).and(15))
                    .fma(FloatVector.broadcast(FLOATS, scales[(at + 3 * COUNT) >> shift]),
                            FloatVector.broadcast(FLOATS, minima[(at + 3 * COUNT) >> shift]));
            FloatVector x = FloatVector.broadcast(FLOATS, p[j]);
            s00 = x.fma(v0, s00);
            s01 = x.fma(v1, s01);
            s02 = x.fma(v2, s02);
            s03 = x.fma(v3, s03);
            x = FloatVector.broadcast(FLOATS, p[p1 + j]);
            s10 = x.fma(v0, s10);
            s11 = x.fma(v1, s11);
            s12 = x.fma(v2, s12);
            s13 = x.fma(v3, s13);
            x = FloatVector.broadcast(FLOATS, p[p2 + j]);
            s20 = x.fma(v0, s20);
            s21 = x.fma(v1, s21);
            s22 = x.fma(v2, s22);
            s23 = x.fma(v3, s23);
            x = FloatVector.broadcast(FLOATS, p[p3 + j]);
            s30 = x.fma(v0, s30);
            s31 = x.fma(v1, s31);
            s32 = x.fma(v2, s32);
            s33 = x.fma(v3, s33);
        }
        s00.intoArray(outputs, o0);
        s01.intoArray(outputs, o0 + COUNT);
        s02.intoArray(outputs, o0 + 2 * COUNT);
        s03.intoArray(outputs, o0 + 3 * COUNT);
        s10.intoArray(outputs, o1);
        s11.intoArray(outputs, o1 + COUNT);
        s12.intoArray(outputs, o1 + 2 * COUNT);
        s13.intoArray(outputs, o1 + 3 * COUNT);
        s20.intoArray(outputs, o2);
        s21.intoArray(outputs, o2 + COUNT);
        s22.intoArray(outputs, o2 + 2 * COUNT);
        s23.intoArray(outputs, o2 + 3 * COUNT);
        s30.intoArray(outputs, o3);
        s31.intoArray(outputs, o3 + COUNT);
        s32.intoArray(outputs, o3 + 2 * COUNT);
        s33.intoArray(outputs, o3 + 3 * COUNT);
    }
}
