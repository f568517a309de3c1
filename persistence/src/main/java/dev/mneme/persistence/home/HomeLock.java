package dev.mneme.persistence.home;

import dev.mneme.persistence.HomeInUseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The lock of a home, against other processes and against this one. The system lets go of it when the process ends. */
final class HomeLock implements AutoCloseable {
    /**
     * The homes that this process has open. A process's second lock on a file has to be refused before the file is
     * opened: closing it again would let go of the first lock (POSIX).
     */
    private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

    private final Path key;
    private final FileChannel channel;
    private final AtomicBoolean closed = new AtomicBoolean();

    private HomeLock(Path key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    static HomeLock take(Path home, Path file) throws IOException {
        Path key = home.toRealPath();
        if (!OPEN_HERE.add(key)) {
            throw new HomeInUseException(home, OptionalLong.of(ProcessHandle.current().pid()), null);
        }
        try {
            return new HomeLock(key, locked(home, file));
        } catch (IOException | RuntimeException e) {
            OPEN_HERE.remove(key);
            throw e;
        }
    }

    private static FileChannel locked(Path home, Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            @Nullable FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new HomeInUseException(home, pidIn(file), null);
            }
            byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(pid));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static OptionalLong pidIn(Path file) {
        try {
            return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                OPEN_HERE.remove(key);
            }
        }
    }
}
