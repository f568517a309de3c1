package dev.mneme.runtime.gguf;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One tensor of a model file, where it lies on the map. Its bounds, its alignment and the wholeness of its rows were
 * checked when the file was opened.
 *
 * @param name  the tensor's name in the file
 * @param type  how its values are stored
 * @param shape lengths of 1 to 4 dimensions, the fastest-changing first
 * @param data  the stored bytes, read-only, valid until the file is closed
 */
public record GgufTensor(String name, TensorType type, List<Long> shape, MemorySegment data) {
    /** Values in one row: the fastest-changing dimension. */
    public int columns() {
        return Math.toIntExact(shape.getFirst());
    }

    /** Number of rows: the product of all other dimensions. */
    public int rows() {
        long rows = 1;
        for (int dimension = 1; dimension < shape.size(); dimension++) {
            rows *= shape.get(dimension);
        }
        return Math.toIntExact(rows);
    }

    /** Bytes of one row. */
    public long rowBytes() {
        return type.bytesFor(columns());
    }

    /** All values as f32; meant for norms and biases, not for matrices. */
    public float[] values() {
        float[] values = new float[Math.multiplyExact(rows(), columns())];
        type.dequantize(data, 0, values, 0, values.length);
        return values;
    }

    /** Writes row {@code row} as f32 to {@code target} from index {@code targetFrom}. */
    public void row(int row, float[] target, int targetFrom) {
        type.dequantize(data, row * rowBytes(), target, targetFrom, columns());
    }

    @Override
    public String toString() {
        return name + " " + type + shape;
    }
}
