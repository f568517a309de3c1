package dev.mneme.runtime.gguf;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * How the values of a tensor are stored. A row is cut into blocks of {@link #valuesPerBlock()} values, each of
 * {@link #bytesPerBlock()} bytes. Numbers and layouts are those of the GGUF specification
 * (github.com/ggml-org/ggml, docs/gguf.md and src/ggml-common.h).
 */
public enum TensorType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    BF16(30, 1, 2);

    private final int number;
    private final int valuesPerBlock;
    private final int bytesPerBlock;

    TensorType(int number, int valuesPerBlock, int bytesPerBlock) {
        this.number = number;
        this.valuesPerBlock = valuesPerBlock;
        this.bytesPerBlock = bytesPerBlock;
    }

    /** The type's number in a GGUF file. */
    public int number() {
        return number;
    }

    /** Values in one block; 1 for the plain float types. */
    public int valuesPerBlock() {
        return valuesPerBlock;
    }

    /** Bytes of one block. */
    public int bytesPerBlock() {
        return bytesPerBlock;
    }

    /** Bytes that {@code values} consecutive values take; {@code values} is a multiple of the block. */
    public long bytesFor(long values) {
        return values / valuesPerBlock * bytesPerBlock;
    }

    /**
     * Writes {@code count} values as f32, exactly as the format defines them (the same bits as llama.cpp's
     * reference).
     *
     * @param source     the stored blocks, any alignment
     * @param byteOffset where the first block starts in {@code source}
     * @param target     where the values go
     * @param targetFrom index of the first value in {@code target}
     * @param count      values to write; a multiple of {@link #valuesPerBlock()}
     * @throws IllegalArgumentException  if {@code count} is not a whole number of blocks
     * @throws IndexOutOfBoundsException if source or target end too soon
     */
    public void dequantize(MemorySegment source, long byteOffset, float[] target, int targetFrom, int count) {
        if (count < 0 || count % valuesPerBlock != 0) {
            throw new IllegalArgumentException(
                    count + " values are no whole number of " + this + " blocks of " + valuesPerBlock);
        }
        Dequantization.run(this, source, byteOffset, target, targetFrom, count);
    }

    /** The type with this number, or empty for one that is not supported. */
    static Optional<TensorType> ofNumber(int number) {
        for (TensorType type : values()) {
            if (type.number == number) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
