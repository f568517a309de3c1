package dev.mneme.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vectors of this process: 128, 256 or 512 bits, chosen once, because the compiler makes fast
 * code only from constants. The canonical 16 lanes are one, two or four of them; a kernel that keeps
 * one vector per sum runs once for each.
 */
final class Lanes {
    static final VectorSpecies<Float> FLOATS = VectorWidth.chosen().floats();
    static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
    /** Lanes of one vector: 4, 8 or 16. */
    static final int COUNT = FLOATS.length();

    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    static final VectorSpecies<Byte> BYTES = COUNT == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    private static final VectorSpecies<Short> SHORTS =
            COUNT == 16 ? ShortVector.SPECIES_256 : COUNT == 8 ? ShortVector.SPECIES_128 : ShortVector.SPECIES_64;
    private static final VarHandle INTS_IN_BYTES = MethodHandles.byteArrayViewVarHandle(int[].class, ORDER);
    private static final IntVector SHIFT_TO_TOP = IntVector.broadcast(INTS, 24).sub(iota().mul(8));

    private Lanes() {}

    /** 0, 1, 2, … */
    static IntVector iota() {
        return IntVector.zero(INTS).addIndex(1);
    }

    /** Shuffle that swaps lanes at this distance, a power of 2. */
    static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(FLOATS, lane -> lane ^ distance);
    }

    /** {@link #COUNT} bytes, sign-extended. */
    static IntVector bytes(MemorySegment segment, long offset) {
        if (COUNT == 4) { // no vector has 4 bytes: shift each from one int
            return IntVector.broadcast(INTS, segment.get(INT, offset))
                    .lanewise(VectorOperators.LSHL, SHIFT_TO_TOP)
                    .lanewise(VectorOperators.ASHR, 24);
        }
        return (IntVector) ByteVector.fromMemorySegment(BYTES, segment, offset, ORDER)
                .convertShape(VectorOperators.B2I, INTS, 0);
    }

    /** {@link #COUNT} bytes, sign-extended. */
    static IntVector bytes(byte[] array, int offset) {
        if (COUNT == 4) {
            return IntVector.broadcast(INTS, (int) INTS_IN_BYTES.get(array, offset))
                    .lanewise(VectorOperators.LSHL, SHIFT_TO_TOP)
                    .lanewise(VectorOperators.ASHR, 24);
        }
        return (IntVector) ByteVector.fromArray(BYTES, array, offset).convertShape(VectorOperators.B2I, INTS, 0);
    }

    /** {@link #COUNT} shorts, sign-extended. */
    static IntVector shorts(MemorySegment segment, long offset) {
        return (IntVector) ShortVector.fromMemorySegment(SHORTS, segment, offset, ORDER)
                .convertShape(VectorOperators.S2I, INTS, 0);
    }

    static FloatVector toFloats(IntVector ints) {
        return (FloatVector) ints.convertShape(VectorOperators.I2F, FLOATS, 0);
    }
}
