package dev.mneme.runtime.cuda;

import java.lang.foreign.MemorySegment;

/**
 * Memory of a device, and the kernels that run on it. What is asked for is done in the order of the calls: a launch may
 * return before the kernel has run, a download waits for it. For one thread at a time. Every method but {@link #close} throws
 * {@link DeviceException} when the device refuses.
 */
public interface Device extends AutoCloseable {
    /** The device's product name. */
    String name();

    /**
     * New memory, at a multiple of 256 bytes, whose content is anything.
     *
     * @throws DeviceMemoryException if the device has no more
     */
    long allocate(long bytes);

    /** Gives memory back. */
    void free(long address);

    /** Copies all of a native segment to the device. The segment may be written again afterwards. */
    void upload(MemorySegment from, long to);

    /** Fills a native segment from the device. */
    void download(long from, MemorySegment to);

    /**
     * Runs a kernel.
     *
     * @param kernel     its name in the sources
     * @param grid       how many thread blocks
     * @param threads    threads of each
     * @param parameters its parameters in order: {@code Long} for addresses, {@code Integer}, {@code Float}, and
     *                   {@code byte[]} for structs
     */
    void launch(String kernel, Grid grid, int threads, Object... parameters);

    /** Gives up the device with all of its memory. */
    @Override
    void close();
}
