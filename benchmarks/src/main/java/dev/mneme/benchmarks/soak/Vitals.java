package dev.mneme.benchmarks.soak;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What this process takes. Linux.
 *
 * @param anonymous bytes of memory that no file backs (RssAnon): heap, and what native code allocated
 * @param resident bytes of all memory (VmRSS), so with mapped files that the kernel can drop
 * @param heap bytes that were in use after the last garbage collection, whichever it was
 * @param openFiles descriptors
 */
record Vitals(long anonymous, long resident, long heap, long openFiles) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Set<String> HEAP_POOLS = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());

    static Vitals now() {
        return new Vitals(kernelCounts("RssAnon:"), kernelCounts("VmRSS:"), heapAfterCollection(), files());
    }

    /** Bytes of heap that something still refers to, by a full collection. */
    static long liveHeap() {
        System.gc();
        return heapAfterCollection();
    }

    private static long heapAfterCollection() {
        return ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class).stream()
                .map(GarbageCollectorMXBean::getLastGcInfo)
                .filter(Objects::nonNull)
                .max(Comparator.comparingLong(GcInfo::getEndTime))
                .map(Vitals::heapAfter)
                .orElse(0L);
    }

    private static long heapAfter(GcInfo collection) {
        return collection.getMemoryUsageAfterGc().entrySet().stream()
                .filter(pool -> HEAP_POOLS.contains(pool.getKey()))
                .mapToLong(pool -> pool.getValue().getUsed())
                .sum();
    }

    private static long files() {
        return ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class).getOpenFileDescriptorCount();
    }

    private static long kernelCounts(String what) {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(what))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
