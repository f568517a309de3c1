package dev.mneme.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.mneme.app.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A copy of a model file that names another window: a short one, past which little text reaches, or a long one, so that
 * dense attention goes on at true distances where the model was not trained for them. Deleted when closed.
 */
final class OtherWindow implements AutoCloseable {
    private static final String KEY = ".context_length";
    private static final long SEARCHED = 1 << 20;
    private static final int UINT32 = 4;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;

    private OtherWindow(Path file) {
        this.file = file;
    }

    /** Copies the file, which may be large, to the system's temporary folder. */
    static OtherWindow of(Path gguf, int window) {
        try {
            OtherWindow copy = new OtherWindow(Files.createTempFile("mneme-eval", ".gguf"));
            copy.file.toFile().deleteOnExit();
            Files.write(copy.file, new byte[0]);
            try (FileChannel from = FileChannel.open(gguf);
                    FileChannel to = FileChannel.open(copy.file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    Arena arena = Arena.ofConfined()) {
                for (long done = 0; done < from.size(); ) {
                    done += from.transferTo(done, from.size() - done, to);
                }
                MemorySegment head =
                        to.map(FileChannel.MapMode.READ_WRITE, 0, Math.min(SEARCHED, to.size()), arena);
                long type = end(head);
                if (type < 0 || head.get(INT, type) != UINT32) {
                    throw new CommandFailure(gguf + " does not name its window in a way that can be changed.");
                }
                head.set(INT, type + Integer.BYTES, window);
            }
            return copy;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Where the key ends and its type begins; -1 if it is not there. */
    private static long end(MemorySegment head) {
        byte[] key = KEY.getBytes(US_ASCII);
        byte[] bytes = head.toArray(ValueLayout.JAVA_BYTE);
        for (int at = 0; at + key.length + 2 * Integer.BYTES <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + key.length, key, 0, key.length)) {
                return at + key.length;
            }
        }
        return -1;
    }

    Path path() {
        return file;
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
