package dev.mneme.persistence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Directories of the tests. */
public final class Directories {
    /** One for all tests, so that the native library is unpacked once. */
    public static final Path NATIVE_CACHE = Path.of(System.getProperty("java.io.tmpdir"), "mneme-test-native");

    private Directories() {}

    /** A fresh directory, removed when the process ends. */
    public static Path temporary(String name) {
        try {
            Path directory = Files.createTempDirectory("mneme-" + name);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes {@code directory} and all in it, if it is still there. */
    public static void delete(Path directory) {
        if (Files.notExists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
