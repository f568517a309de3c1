package dev.mneme.runtime.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The parameters of a launch in native memory, as {@code cuLaunchKernel} takes them: an array of their addresses. */
final class KernelParameters {
    private static final int MOST = 24;
    private static final int MOST_BYTES = 64;

    private final MemorySegment addresses;
    private final MemorySegment values;

    KernelParameters(Arena arena) {
        addresses = arena.allocate(ValueLayout.JAVA_LONG, MOST);
        values = arena.allocate((long) MOST * MOST_BYTES, MOST_BYTES);
        for (int i = 0; i < MOST; i++) {
            addresses.setAtIndex(ValueLayout.JAVA_LONG, i, values.address() + (long) i * MOST_BYTES);
        }
    }

    /** Puts these parameters in the place of the last ones. */
    MemorySegment of(Object... parameters) {
        for (int i = 0; i < parameters.length; i++) {
            long at = (long) i * MOST_BYTES;
            switch (parameters[i]) {
                case Integer number -> values.set(ValueLayout.JAVA_INT, at, number);
                case Float number -> values.set(ValueLayout.JAVA_FLOAT, at, number);
                case Long address -> values.set(ValueLayout.JAVA_LONG, at, address);
                case byte[] struct -> MemorySegment.copy(struct, 0, values, ValueLayout.JAVA_BYTE, at, struct.length);
                default -> throw new IllegalArgumentException("a kernel takes no " + parameters[i].getClass());
            }
        }
        return addresses;
    }
}
