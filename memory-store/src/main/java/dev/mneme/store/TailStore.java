package dev.mneme.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One file for each session's tail, {@code tails/<session id>.tail}. A write replaces the file in one step, so that a
 * killed process leaves the old tail or the new one. Nothing is synced: a tail is a cache of the journal, and what a
 * power failure tears is found by its checksum.
 *
 * <p>Thread-safe, as long as each session has one writer at a time.
 */
public final class TailStore {
    private static final String SUFFIX = ".tail";
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
     * @throws StoreException.Failed if the file cannot be written; the tail that was there stays
     */
    public void write(String sessionId, Tail tail) {
        Path file = file(sessionId);
        Path next = file.resolveSibling(sessionId + SUFFIX + ".new");
        try {
            try (FileChannel channel = FileChannel.open(next,
                    StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer[] pieces = TailFile.encode(tail);
                while (Arrays.stream(pieces).anyMatch(ByteBuffer::hasRemaining)) {
                    channel.write(pieces);
                }
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StoreException.Failed("Could not write the tail " + file, e);
        }
    }

    /**
     * Reads a session's tail, all of it, and checks it.
     *
     * @throws StoreException.NewerFormat if a newer program wrote it
     * @throws StoreException.Failed if the file cannot be read
     */
    public TailResult read(String sessionId) {
        Path file = file(sessionId);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            String flaw = TailFile.flaw(bytes);
            if (!flaw.isEmpty()) {
                return new TailResult.Damaged(file + ": " + flaw);
            }
            StoreFormat.requireKnown(file, TailFile.version(bytes), StoreFormat.TAIL);
            return new TailResult.Found(TailFile.decode(bytes));
        } catch (NoSuchFileException _) {
            return new TailResult.Missing();
        } catch (IOException e) {
            throw new StoreException.Failed("Could not read the tail " + file, e);
        }
    }

    /** Deletes a session's tail if there is one. */
    public void delete(String sessionId) {
        Path file = file(sessionId);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new StoreException.Failed("Could not delete the tail " + file, e);
        }
    }

    /** The sessions that have a tail, sorted. */
    public List<String> sessions() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
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
            if (read(session) instanceof TailResult.Damaged(String reason)) {
                damaged.put(session, reason);
            }
        }
        return Collections.unmodifiableMap(damaged);
    }

    private Path file(String sessionId) {
        if (!SAFE_NAME.matcher(sessionId).matches()) {
            throw new IllegalArgumentException("Not a session id that can name a file: " + sessionId.substring(0, Math.min(80, sessionId.length())));
        }
        return directory.resolve(sessionId + SUFFIX);
    }
}
