package dev.mneme.store;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Gives a file its disk space before it is mapped, so that a full disk is an {@link IOException} now and no fault in
 * the middle of a write later. Uses {@code posix_fallocate} where the C library has it, else writes zeros. Chronicle
 * could do the former through JNR, which takes half a second to start and leaves its native library in the temp folder
 * of every killed process.
 */
final class Preallocation {
    private static final int CHUNK = 1 << 20;
    private static final int READ_WRITE = 2;
    private static final int NO_SUCH_OPERATION = 95;

    private Preallocation() {
    }

    /** Allocates all of a file, whose bytes from {@code blank} on are zero or of no account. */
    static void allocate(Path file, long blank, long length) throws IOException {
        if (!allocateNatively(file, length)) {
            zero(file, blank, length);
        }
    }

    /** Makes a file that was cut off as long as it was, with zeros. */
    static void extend(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            zero(file, channel.size(), length);
        }
    }

    private static void zero(Path file, long from, long to) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK);
            for (long at = from; at < to;) {
                zeros.clear().limit((int) Math.min(CHUNK, to - at));
                at += channel.write(zeros, at);
            }
        }
    }

    @SuppressWarnings("restricted")
    private static boolean allocateNatively(Path file, long length) throws IOException {
        Linker linker = Linker.nativeLinker();
        SymbolLookup library = linker.defaultLookup();
        Optional<MemorySegment> allocate = library.find("posix_fallocate");
        Optional<MemorySegment> open = library.find("open");
        Optional<MemorySegment> close = library.find("close");
        if (allocate.isEmpty() || open.isEmpty() || close.isEmpty()) {
            return false;
        }
        MethodHandle opening = linker.downcallHandle(open.get(),
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
        MethodHandle allocating = linker.downcallHandle(allocate.get(),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
        MethodHandle closing = linker.downcallHandle(close.get(), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = (int) opening.invokeExact(arena.allocateFrom(file.toString()), READ_WRITE);
            if (descriptor < 0) {
                return false;
            }
            try {
                int error = (int) allocating.invokeExact(descriptor, 0L, length);
                if (error != 0 && error != NO_SUCH_OPERATION) {
                    throw new IOException("No space for " + length + " bytes in " + file + " (error " + error + " of posix_fallocate)");
                }
                return error == 0;
            } finally {
                int _ = (int) closing.invokeExact(descriptor);
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("Could not allocate " + file, e);
        }
    }
}
