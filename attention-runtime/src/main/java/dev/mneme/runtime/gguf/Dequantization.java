package dev.mneme.runtime.gguf;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Stored blocks to f32, one method a type. In every format the products are exact in f32 (at most 11 bits of scale,
 * 6 of sub-scale, 6 of quant) and at most one sum is rounded, so the order of operations cannot change a bit.
 */
final class Dequantization {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private Dequantization() {}

    static void run(TensorType type, MemorySegment source, long offset, float[] target, int from, int count) {
        int blocks = count / type.valuesPerBlock();
        for (int block = 0; block < blocks; block++) {
            long at = offset + (long) block * type.bytesPerBlock();
            int to = from + block * type.valuesPerBlock();
            switch (type) {
                case F32 -> target[to] = source.get(FLOAT, at);
                case F16 -> target[to] = half(source, at);
                case BF16 -> target[to] = Float.intBitsToFloat(source.get(SHORT, at) << 16);
                case Q4_0 -> q40(source, at, target, to);
                case Q4_1 -> q41(source, at, target, to);
                case Q5_0 -> q50(source, at, target, to);
                case Q5_1 -> q51(source, at, target, to);
                case Q8_0 -> q80(source, at, target, to);
                case Q4_K -> q4k(source, at, target, to);
                case Q5_K -> q5k(source, at, target, to);
                case Q6_K -> q6k(source, at, target, to);
            }
        }
    }

    private static float half(MemorySegment source, long at) {
        return Float.float16ToFloat(source.get(SHORT, at));
    }

    private static int unsigned(MemorySegment source, long at) {
        return source.get(BYTE, at) & 0xFF;
    }

    private static void q40(MemorySegment source, long at, float[] target, int to) {
        float scale = half(source, at);
        for (int j = 0; j < 16; j++) {
            int pair = unsigned(source, at + 2 + j);
            target[to + j] = scale * ((pair & 0xF) - 8);
            target[to + 16 + j] = scale * ((pair >>> 4) - 8);
        }
    }

    private static void q41(MemorySegment source, long at, float[] target, int to) {
        float scale = half(source, at);
        float minimum = half(source, at + 2);
        for (int j = 0; j < 16; j++) {
            int pair = unsigned(source, at + 4 + j);
            target[to + j] = scale * (pair & 0xF) + minimum;
            target[to + 16 + j] = scale * (pair >>> 4) + minimum;
        }
    }

    private static void q50(MemorySegment source, long at, float[] target, int to) {
        float scale = half(source, at);
        int fifthBits = source.get(INT, at + 2);
        for (int j = 0; j < 16; j++) {
            int pair = unsigned(source, at + 6 + j);
            target[to + j] = scale * (fiveBits(pair & 0xF, fifthBits >>> j) - 16);
            target[to + 16 + j] = scale * (fiveBits(pair >>> 4, fifthBits >>> (j + 16)) - 16);
        }
    }

    private static void q51(MemorySegment source, long at, float[] target, int to) {
        float scale = half(source, at);
        float minimum = half(source, at + 2);
        int fifthBits = source.get(INT, at + 4);
        for (int j = 0; j < 16; j++) {
            int pair = unsigned(source, at + 8 + j);
            target[to + j] = scale * fiveBits(pair & 0xF, fifthBits >>> j) + minimum;
            target[to + 16 + j] = scale * fiveBits(pair >>> 4, fifthBits >>> (j + 16)) + minimum;
        }
    }

    /** Four bits and, above them, the lowest bit of {@code fifth}. */
    private static int fiveBits(int four, int fifth) {
        return four | (fifth & 1) << 4;
    }

    private static void q80(MemorySegment source, long at, float[] target, int to) {
        float scale = half(source, at);
        for (int j = 0; j < 32; j++) {
            target[to + j] = scale * source.get(BYTE, at + 2 + j);
        }
    }

    private static void q4k(MemorySegment source, long at, float[] target, int to) {
        float scale = half(source, at);
        float minimum = half(source, at + 2);
        for (int sub = 0; sub < 8; sub++) {
            float subScale = scale * subScale(source, at + 4, sub);
            float subMinimum = minimum * subMinimum(source, at + 4, sub);
            long quants = at + 16 + (sub >>> 1) * 32L;
            int shift = (sub & 1) * 4;
            for (int j = 0; j < 32; j++) {
                int quant = (unsigned(source, quants + j) >>> shift) & 0xF;
                target[to + sub * 32 + j] = subScale * quant - subMinimum;
            }
        }
    }

    private static void q5k(MemorySegment source, long at, float[] target, int to) {
        float scale = half(source, at);
        float minimum = half(source, at + 2);
        for (int sub = 0; sub < 8; sub++) {
            float subScale = scale * subScale(source, at + 4, sub);
            float subMinimum = minimum * subMinimum(source, at + 4, sub);
            long quants = at + 48 + (sub >>> 1) * 32L;
            int shift = (sub & 1) * 4;
            for (int j = 0; j < 32; j++) {
                int low = (unsigned(source, quants + j) >>> shift) & 0xF;
                int quant = fiveBits(low, unsigned(source, at + 16 + j) >>> sub);
                target[to + sub * 32 + j] = subScale * quant - subMinimum;
            }
        }
    }

    /** Sub-scale {@code sub} of 0…7: six bits, the upper four of them packed into the others' spare bits. */
    private static int subScale(MemorySegment source, long packed, int sub) {
        return sub < 4
                ? unsigned(source, packed + sub) & 63
                : (unsigned(source, packed + sub + 4) & 0xF) | (unsigned(source, packed + sub - 4) >>> 6 << 4);
    }

    /** Sub-minimum {@code sub} of 0…7, packed like the sub-scales. */
    private static int subMinimum(MemorySegment source, long packed, int sub) {
        return sub < 4
                ? unsigned(source, packed + sub + 4) & 63
                : (unsigned(source, packed + sub + 4) >>> 4) | (unsigned(source, packed + sub) >>> 6 << 4);
    }

    private static void q6k(MemorySegment source, long at, float[] target, int to) {
        float scale = half(source, at + 208);
        for (int sub = 0; sub < 16; sub++) {
            float subScale = scale * source.get(BYTE, at + 192 + sub);
            int part = sub >>> 3; // each half of the block has its own 64 low and 32 high bytes
            int quarter = (sub >>> 1) & 3; // 32 values: which nibble, and which two of the high bits
            int within = (sub & 1) * 16;
            long lowBits = at + part * 64L + (quarter & 1) * 32L + within;
            long highBits = at + 128 + part * 32L + within;
            for (int j = 0; j < 16; j++) {
                int low = unsigned(source, lowBits + j) >>> ((quarter >>> 1) * 4);
                int high = unsigned(source, highBits + j) >>> (quarter * 2);
                target[to + sub * 16 + j] = subScale * (((low & 0xF) | (high & 3) << 4) - 32);
            }
        }
    }
}
