package dev.mneme.models;

import dev.mneme.models.PullProgress.Step;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of model files, remembered in one text file: a line a model file, {@code sha256 size mtime inode path}. A
 * line counts only while all of size, modification time and inode are as they were, so a cold start hashes nothing and
 * a replaced file is hashed again. Losing the file, or a line of it to another process, costs one hashing.
 */
final class FileHashes {
    private final Path memory;

    FileHashes(Path memory) {
        this.memory = memory;
    }

    String of(Path file, PullListener listener) throws IOException {
        Path absolute = file.toRealPath();
        String state = state(absolute);
        String known = recall(absolute, state);
        if (known != null) {
            return known;
        }
        String sha256 = compute(absolute, listener);
        remember(absolute, state, sha256);
        return sha256;
    }

    /** Moves a file, which replaces the one at {@code to}, and keeps what is known of it. */
    void move(Path from, Path to, PullListener listener) throws IOException {
        String sha256 = of(from, listener);
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path moved = to.toRealPath();
        remember(moved, state(moved), sha256);
    }

    private static String state(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Object inode = attributes.fileKey();
        return attributes.size()
                + " " + attributes.lastModifiedTime().toInstant()
                + " " + (inode == null ? "-" : inode.toString().replace(' ', '_'));
    }

    private @Nullable String recall(Path file, String state) {
        String end = " " + state + " " + file;
        for (String line : lines()) {
            if (line.length() == 64 + end.length() && line.endsWith(end)) {
                return line.substring(0, 64);
            }
        }
        return null;
    }

    private void remember(Path file, String state, String sha256) {
        List<String> lines = new ArrayList<>(lines());
        lines.removeIf(line -> line.endsWith(" " + file) || isOfLostFile(line));
        lines.add(sha256 + " " + state + " " + file);
        try {
            Path folder = Objects.requireNonNull(memory.toAbsolutePath().getParent(), "a file lies in a folder");
            Files.createDirectories(folder);
            Path next = Files.createTempFile(folder, ".hashes", null);
            Files.write(next, lines, StandardCharsets.UTF_8);
            Files.move(next, memory, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException readOnlyPlace) {
            // Nothing depends on the memory but the time of the next start.
        }
    }

    private static boolean isOfLostFile(String line) {
        String[] fields = line.split(" ", 5);
        return fields.length < 5 || !Files.exists(Path.of(fields[4]));
    }

    private List<String> lines() {
        try {
            return Files.exists(memory) ? Files.readAllLines(memory, StandardCharsets.UTF_8) : List.of();
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    private static String compute(Path file, PullListener listener) throws IOException {
        MessageDigest digest = sha256();
        long total = Files.size(file);
        long done = 0;
        byte[] chunk = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
                done += read;
                listener.progress(new PullProgress(Step.CHECKING, done, total));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java platform has SHA-256", impossible);
        }
    }
}
