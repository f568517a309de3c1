package dev.mneme.store;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** How much memory the machine has, or the container that the process is in. */
final class MachineMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String TOTAL = "MemTotal:";
    /** Control groups of version 2 and 1, as a container sees its own. */
    private static final List<Path> LIMITS = List.of(
            Path.of("/sys/fs/cgroup/memory.max"), Path.of("/sys/fs/cgroup/memory/memory.limit_in_bytes"));

    private MachineMemory() {
    }

    static long bytes() {
        long bytes = total();
        for (Path limit : LIMITS) {
            bytes = Math.min(bytes, limit(limit));
        }
        return bytes;
    }

    /** From the file where there is one: the management bean takes 30 ms of a starting process. */
    private static long total() {
        try (Stream<String> lines = Files.lines(MEMINFO)) {
            return lines.filter(line -> line.startsWith(TOTAL))
                    .mapToLong(line -> Long.parseLong(line.substring(TOTAL.length()).replace("kB", "").strip()) << 10)
                    .findFirst()
                    .orElseGet(MachineMemory::totalOfBean);
        } catch (IOException | NumberFormatException _) {
            return totalOfBean();
        }
    }

    private static long totalOfBean() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    private static long limit(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException | NumberFormatException _) {
            return Long.MAX_VALUE; // No such file, or "max".
        }
    }
}
