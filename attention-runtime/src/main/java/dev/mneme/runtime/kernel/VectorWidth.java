package dev.mneme.runtime.kernel;

import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Widths that the vector kernels can run at. */
enum VectorWidth {
    BITS_128(FloatVector.SPECIES_128),
    BITS_256(FloatVector.SPECIES_256),
    BITS_512(FloatVector.SPECIES_512);

    /** Forces a width, in bits, for tests; not set: the widest one that the processor prefers. */
    static final String PROPERTY = "mneme.vector.bits";

    private final VectorSpecies<Float> floats;

    VectorWidth(VectorSpecies<Float> floats) {
        this.floats = floats;
    }

    VectorSpecies<Float> floats() {
        return floats;
    }

    int bits() {
        return floats.vectorBitSize();
    }

    /** The width of this process. */
    static VectorWidth chosen() {
        String forced = System.getProperty(PROPERTY);
        if (forced != null) {
            for (VectorWidth width : values()) {
                if (forced.equals(Integer.toString(width.bits()))) {
                    return width;
                }
            }
            throw new IllegalArgumentException(String.format(Locale.ROOT,
                    "system property %s is \"%s\"; give 128, 256 or 512, or leave it out", PROPERTY, forced));
        }
        int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        return preferred >= 512 ? BITS_512 : preferred == 256 ? BITS_256 : BITS_128;
    }
}
