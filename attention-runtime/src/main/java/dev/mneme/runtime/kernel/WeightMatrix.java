package dev.mneme.runtime.kernel;

import dev.mneme.runtime.gguf.GgufTensor;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * A weight matrix: as the model file stores it, and, once somebody has packed it, rearranged for the lanes. Both give
 * the same bits. Thread-safe; may be packed while others compute.
 */
public final class WeightMatrix {
    private final GgufTensor stored;
    private volatile @Nullable PackedWeights packed;

    /** A matrix {@code [rows][columns]} in native memory. */
    public WeightMatrix(GgufTensor stored) {
        this.stored = stored;
    }

    /** The matrix in the model file. */
    public GgufTensor stored() {
        return stored;
    }

    /** Number of rows. */
    public int rows() {
        return stored.rows();
    }

    /** Numbers in a row. */
    public int columns() {
        return stored.columns();
    }

    /** Whether there is a packed form now. */
    public boolean isPacked() {
        return packed != null;
    }

    /** Memory that the packed form takes; 0 where the type has none. At most 1.7 times the stored form. */
    public long packedBytes() {
        return PackedWeights.takes(stored.type()) ? PackedWeights.bytes(stored) : 0;
    }

    /**
     * Makes the packed form, where the type has one.
     *
     * @param arena owns that memory, for as long as the matrix is in use
     */
    public void pack(Arena arena) {
        packed = WeightPacking.pack(stored, arena).orElse(null);
    }

    @Nullable PackedWeights packed() {
        return packed;
    }
}
