package dev.mneme.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Each session's tail, in two files that take turns: {@code tails/<session id>.tail} and {@code .tail~}. A write goes
 * over the older one, in place, so that a killed process leaves the tail before or the new one; that costs a tenth of
 * replacing a file by a rename, which makes ext4 write it out. Nothing is synced: a tail is a cache of the journal,
 * and what a power failure tears is found by its checksum.
 *
 * <p>Thread-safe, as long as a session's tail is not read or written while it is written.
 */
public final class TailStore {
    private static final String SUFFIX = ".tail";
    private static final String OTHER_SUFFIX = ".tail~";
    private static final Pattern SAFE_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}");

    private final Path directory;

    private TailStore(Path directory) {
        this.directory = directory;
    }

    /**
     * Opens the tails in a tenant's directory, creating {@code tails/} there.
     *
     * @throws StoreException.Failed if that cannot be done
     */
    public static TailStore open(Path tenantDirectory) {
        Path directory = tenantDirectory.resolve("tails").toAbsolutePath().normalize();
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StoreException.Failed("Could not open the tails in " + directory, e);
        }
        return new TailStore(directory);
    }

    /**
     * Replaces a session's tail.
     *
     * @param sessionId letters, digits, {@code _}, {@code -}, and {@code .} but not in front; at most 200 of them
     * @throws StoreException.Failed if the file cannot be written; the tail before stays
     */
    public void write(String sessionId, Tail tail) {
        try (Arena arena = Arena.ofConfined()) {
            Reading first = look(file(sessionId, SUFFIX), TailFile.FIXED, TailStore::glance, arena);
            Reading other = look(file(sessionId, OTHER_SUFFIX), TailFile.FIXED, TailStore::glance, arena);
            Reading newer = newer(first, other);
            Reading older = newer == first ? other : first;
            int turn = newer instanceof Reading.Sound(_, MemorySegment bytes) ? TailFile.turn(bytes) + 1 : 1;
            write(older.file(), TailFile.encode(tail, turn));
        }
    }

    private static void write(Path file, TailFile.Pieces pieces) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            write(channel, ByteBuffer.allocate(Long.BYTES), 0);
            long at = pieces.header().remaining();
            for (ByteBuffer piece : pieces.body()) {
                int bytes = piece.remaining();
                write(channel, piece, at);
                at += bytes;
            }
            write(channel, pieces.header(), 0);
        } catch (IOException e) {
            throw new StoreException.Failed("Could not write the tail " + file, e);
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /**
     * Reads a session's tail, all of it, and checks it.
     *
     * @param arena whose memory it is read into
     * @throws StoreException.NewerFormat if a newer program wrote it
     * @throws StoreException.Failed if the file cannot be read
     */
    public TailResult read(String sessionId, Arena arena) {
        Reading first = look(file(sessionId, SUFFIX), Long.MAX_VALUE, TailFile::flaw, arena);
        Reading other = look(file(sessionId, OTHER_SUFFIX), Long.MAX_VALUE, TailFile::flaw, arena);
        for (Reading reading : List.of(first, other)) {
            if (reading instanceof Reading.Flawed(Path file, String flaw)) {
                return new TailResult.Damaged(file + ": " + flaw);
            }
        }
        if (newer(first, other) instanceof Reading.Sound(Path file, MemorySegment bytes)) {
            StoreFormat.requireKnown(file, TailFile.version(bytes), StoreFormat.TAIL);
            return new TailResult.Found(TailFile.decode(bytes));
        }
        return new TailResult.Missing();
    }

    /** What one of a session's two files holds. */
    private sealed interface Reading {
        Path file();

        record Sound(Path file, MemorySegment bytes) implements Reading {
        }

        record Flawed(Path file, String flaw) implements Reading {
        }

        /** Not there, or not finished by a process that was killed. */
        record None(Path file) implements Reading {
        }
    }

    /** Reads at most so many bytes. They are copied, not mapped: a later write goes over the file in place. */
    private static Reading look(Path file, long limit, Function<MemorySegment, String> flaws, Arena arena) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment bytes = arena.allocate(Math.min(limit, channel.size()), 64);
            ByteBuffer buffer = bytes.asByteBuffer();
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // A file that shrinks meanwhile leaves zeros, which its checksum finds.
            }
            if (TailFile.isUnfinished(bytes)) {
                return new Reading.None(file);
            }
            String flaw = flaws.apply(bytes);
            return flaw.isEmpty() ? new Reading.Sound(file, bytes) : new Reading.Flawed(file, flaw);
        } catch (NoSuchFileException _) {
            return new Reading.None(file);
        } catch (IOException e) {
            throw new StoreException.Failed("Could not read the tail " + file, e);
        }
    }

    /** Enough to tell which file to write over: the header is the last thing that a write writes. */
    private static String glance(MemorySegment bytes) {
        return bytes.byteSize() < TailFile.FIXED ? "it was cut off" : "";
    }

    /** Of two files the one that holds the newer tail; if none does, the second, so that the first is written first. */
    private static Reading newer(Reading first, Reading other) {
        if (first instanceof Reading.Sound(_, MemorySegment bytes)
                && !(other instanceof Reading.Sound(_, MemorySegment others) && TailFile.turn(others) - TailFile.turn(bytes) > 0)) {
            return first;
        }
        return other;
    }

    /** Deletes a session's tail if there is one. */
    public void delete(String sessionId) {
        for (String suffix : List.of(SUFFIX, OTHER_SUFFIX)) {
            Path file = file(sessionId, suffix);
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new StoreException.Failed("Could not delete the tail " + file, e);
            }
        }
    }

    /** The sessions that have a tail, sorted. */
    public List<String> sessions() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX) || name.endsWith(OTHER_SUFFIX))
                    .map(name -> name.substring(0, name.lastIndexOf(SUFFIX)))
                    .distinct()
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new StoreException.Failed("Could not list the tails in " + directory, e);
        }
    }

    /** Reads and checks every tail; what is wrong with which session's. */
    public Map<String, String> verify() {
        Map<String, String> damaged = new TreeMap<>();
        for (String session : sessions()) {
            try (Arena arena = Arena.ofConfined()) {
                if (read(session, arena) instanceof TailResult.Damaged(String reason)) {
                    damaged.put(session, reason);
                }
            }
        }
        return Collections.unmodifiableMap(damaged);
    }

    private Path file(String sessionId, String suffix) {
        if (!SAFE_NAME.matcher(sessionId).matches()) {
            throw new IllegalArgumentException("Not a session id that can name a file: " + sessionId.substring(0, Math.min(80, sessionId.length())));
        }
        return directory.resolve(sessionId + suffix);
    }
}
