package dev.mneme.actors.session;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How much memory the machine, or the container that the process is in, has left for blocks. */
final class FreeMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    private FreeMemory() {}

    /** Bytes that can be had without swapping; on Linux the page cache counts among them. */
    static long bytes() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        try (Stream<String> lines = Files.lines(MEMINFO)) {
            long available = lines.filter(line -> line.startsWith(AVAILABLE))
                    .map(line -> line.substring(AVAILABLE.length()).replace("kB", "").trim())
                    .mapToLong(kilobytes -> Long.parseLong(kilobytes) << 10)
                    .findFirst()
                    .orElseGet(system::getFreeMemorySize);
            return Math.min(available, system.getTotalMemorySize());
        } catch (IOException | NumberFormatException e) {
            // Not Linux, or one that tells nothing.
            return system.getFreeMemorySize();
        }
    }
}
