package dev.mneme.runtime.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Launches CUDA kernels that are compiled for the CPU ({@code cuda/emulate}). Device memory is native memory. */
final class EmulatedDevice {
    private static final int PARAMETER_BYTES = 64;

    private final MethodHandle launch;

    private EmulatedDevice(Path library) {
        launch = Linker.nativeLinker().downcallHandle(
                SymbolLookup.libraryLookup(library, Arena.global()).find("mneme_launch").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /** The library that the environment names; without one the test is skipped. */
    static EmulatedDevice open() {
        String library = System.getenv("MNEME_CUDA_EMULATION");
        assumeTrue(library != null, "for developers: run cuda/emulate");
        return new EmulatedDevice(Path.of(String.valueOf(library)));
    }

    /** Runs a kernel; parameters are numbers, memory and structs as bytes. */
    void launch(String kernel, int gridX, int gridY, int gridZ, int threads, Object... parameters) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, parameters.length);
            for (int i = 0; i < parameters.length; i++) {
                MemorySegment value = arena.allocate(PARAMETER_BYTES, Long.BYTES);
                switch (parameters[i]) {
                    case Integer number -> value.set(ValueLayout.JAVA_INT, 0, number);
                    case Float number -> value.set(ValueLayout.JAVA_FLOAT, 0, number);
                    case MemorySegment memory -> value.set(ValueLayout.JAVA_LONG, 0, memory.address());
                    case byte[] struct -> MemorySegment.copy(struct, 0, value, ValueLayout.JAVA_BYTE, 0, struct.length);
                    default -> throw new IllegalArgumentException("parameter " + i);
                }
                values.setAtIndex(ValueLayout.JAVA_LONG, i, value.address());
            }
            int result = (int) launch.invokeExact(arena.allocateFrom(kernel), gridX, gridY, gridZ, threads, values);
            if (result != 0) {
                throw new IllegalArgumentException("there is no kernel " + kernel);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static MemorySegment floats(Arena arena, float[] numbers, int from, int count) {
        MemorySegment memory = arena.allocate(ValueLayout.JAVA_FLOAT, count);
        MemorySegment.copy(numbers, from, memory, ValueLayout.JAVA_FLOAT, 0, count);
        return memory;
    }

    static MemorySegment floats(Arena arena, float[] numbers) {
        return floats(arena, numbers, 0, numbers.length);
    }

    static MemorySegment ints(Arena arena, int... numbers) {
        return arena.allocateFrom(ValueLayout.JAVA_INT, numbers);
    }

    static void read(MemorySegment memory, float[] target, int from, int count) {
        MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, 0, target, from, count);
    }
}
