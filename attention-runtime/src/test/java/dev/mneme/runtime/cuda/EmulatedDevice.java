package dev.mneme.runtime.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * CUDA kernels that are compiled for the CPU ({@code cuda/emulate}). Device memory is native memory of its own, which is
 * never zero at first.
 */
public final class EmulatedDevice implements Device {
    private static final int ALIGNMENT = 256;

    private final MethodHandle launch;
    private final Arena arena = Arena.ofShared();
    private final KernelParameters parameters = new KernelParameters(arena);
    private final TreeMap<Long, Allocation> allocations = new TreeMap<>();

    private long limit = Long.MAX_VALUE;

    private record Allocation(Arena arena, MemorySegment memory) {}

    private EmulatedDevice(Path library) {
        launch = Linker.nativeLinker().downcallHandle(
                SymbolLookup.libraryLookup(library, Arena.global()).find("mneme_launch").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /** The library that the environment names; without one the test is skipped. */
    public static EmulatedDevice open() {
        String library = System.getenv("MNEME_CUDA_EMULATION");
        assumeTrue(library != null, "for developers: run cuda/emulate");
        return new EmulatedDevice(Path.of(String.valueOf(library)));
    }

    @Override
    public String name() {
        return "an emulated device";
    }

    /** From now on the device has no more than what is in use and so many bytes. */
    public void limit(long bytesLeft) {
        limit = used() + bytesLeft;
    }

    private long used() {
        return allocations.values().stream()
                .mapToLong(allocation -> allocation.memory.byteSize())
                .sum();
    }

    @Override
    public long allocate(long bytes) {
        if (used() + bytes > limit) {
            throw new DeviceMemoryException(name(), bytes);
        }
        Arena own = Arena.ofShared();
        MemorySegment memory = own.allocate(bytes, ALIGNMENT).fill((byte) 0x7f);
        allocations.put(memory.address(), new Allocation(own, memory));
        return memory.address();
    }

    @Override
    public void free(long address) {
        Allocation freed = allocations.remove(address);
        if (freed == null) {
            throw new IllegalArgumentException("no allocation begins there");
        }
        freed.arena.close();
    }

    @Override
    public void upload(MemorySegment from, long to) {
        allocated(to, from.byteSize()).copyFrom(from);
    }

    @Override
    public void download(long from, MemorySegment to) {
        to.copyFrom(allocated(from, to.byteSize()));
    }

    private MemorySegment allocated(long address, long bytes) {
        var below = allocations.floorEntry(address);
        if (below == null) {
            throw new IllegalArgumentException("an address that is not the device's");
        }
        return below.getValue().memory.asSlice(address - below.getKey(), bytes);
    }

    /** Addresses have to be those of device memory, or 0. */
    @Override
    public void launch(String kernel, Grid grid, int threads, Object... values) {
        for (Object value : values) {
            if (value instanceof Long address && address != 0) {
                MemorySegment unused = allocated(address, 1);
            }
        }
        launchUnchecked(kernel, grid, threads, values);
    }

    /** Runs a kernel on any memory, which parameters may name as such. */
    public void launch(String kernel, int gridX, int gridY, int gridZ, int threads, Object... values) {
        launchUnchecked(kernel, new Grid(gridX, gridY, gridZ), threads, Arrays.stream(values)
                .map(value -> value instanceof MemorySegment memory ? (Object) memory.address() : value)
                .toArray());
    }

    private void launchUnchecked(String kernel, Grid grid, int threads, Object... values) {
        try (Arena name = Arena.ofConfined()) {
            int result = (int) launch.invokeExact(
                    name.allocateFrom(kernel), grid.x(), grid.y(), grid.z(), threads, parameters.of(values));
            if (result != 0) {
                throw new IllegalArgumentException("there is no kernel " + kernel);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        allocations.values().forEach(allocation -> allocation.arena.close());
        allocations.clear();
        arena.close();
    }

    /** Numbers in memory that is not the device's. */
    public static MemorySegment floats(Arena arena, float[] numbers, int from, int count) {
        MemorySegment memory = arena.allocate(ValueLayout.JAVA_FLOAT, count);
        MemorySegment.copy(numbers, from, memory, ValueLayout.JAVA_FLOAT, 0, count);
        return memory;
    }

    /** All of these numbers in memory that is not the device's. */
    public static MemorySegment floats(Arena arena, float[] numbers) {
        return floats(arena, numbers, 0, numbers.length);
    }

    /** Numbers in memory that is not the device's. */
    public static MemorySegment ints(Arena arena, int... numbers) {
        return arena.allocateFrom(ValueLayout.JAVA_INT, numbers);
    }

    /** Reads numbers from memory. */
    public static void read(MemorySegment memory, float[] target, int from, int count) {
        MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, 0, target, from, count);
    }
}
