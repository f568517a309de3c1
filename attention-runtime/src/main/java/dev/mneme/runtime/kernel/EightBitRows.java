package dev.mneme.runtime.kernel;

import static dev.mneme.runtime.kernel.Lanes.BYTES;
import static dev.mneme.runtime.kernel.Lanes.COUNT;
import static dev.mneme.runtime.kernel.Lanes.FLOATS;
import static dev.mneme.runtime.kernel.Lanes.ORDER;
import static dev.mneme.runtime.kernel.Lanes.SHORT;
import static dev.mneme.runtime.kernel.Scratch.ALL;
import static jdk.incubator.vector.VectorOperators.B2F;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

/**
 * Stored rows of type Q8_0 to f32, straight into a panel: through the heap they would take twice as long. The loop ends as
 * those of {@link PackedRows} do.
 */
final class EightBitRows {
    private EightBitRows() {}

    /** Writes a row, {@code blocks} of 32 from {@code row} on, to the address {@code to}, each 16 numbers 64 further. */
    static void unpack(MemorySegment w, long row, int blocks, long to) {
        for (int part = 0; part < 16; part += COUNT) {
            unpack(w, row, blocks, to + part * 4L, part);
        }
    }

    private static void unpack(MemorySegment w, long row, int blocks, long to, int part) {
        long end = to + blocks * 512L;
        long block = row;
        for (long at = to; at != end; at += 512) {
            FloatVector scale = FloatVector.broadcast(FLOATS, Float.float16ToFloat(w.get(SHORT, block)));
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, w, block + 2 + part, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale).intoMemorySegment(ALL, at, ORDER);
            ((FloatVector) ByteVector.fromMemorySegment(BYTES, w, block + 18 + part, ORDER)
                    .convertShape(B2F, FLOATS, 0)).mul(scale).intoMemorySegment(ALL, at + 256, ORDER);
            block += 34;
        }
    }
}
