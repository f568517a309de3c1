package dev.mneme;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tiny models whose files say that they were trained for a short window, so that few tokens reach past it. */
public final class ShortWindow {
    private static final Path TINY = Path.of(
            System.getProperty("mneme.rootDir", ".."), "attention-runtime", "src", "test", "resources", "oracle", "tiny");
    private static final Map<String, Path> MADE = new ConcurrentHashMap<>();

    private ShortWindow() {}

    /** The file of a tiny model with this context length; gone with the process. */
    public static Path model(String name, int window) {
        return MADE.computeIfAbsent(name + "-" + window, key -> {
            try {
                Path file = Files.createTempFile(key, ".gguf");
                file.toFile().deleteOnExit();
                return Files.write(file, with(Files.readAllBytes(TINY.resolve(name + ".gguf")), ".context_length", window));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The same, of a model most of whose layers have a native window, with this one. */
    public static Path model(String name, int window, int nativeWindow) {
        return MADE.computeIfAbsent(name + "-" + window + "-" + nativeWindow, key -> {
            try {
                Path file = Files.createTempFile(key, ".gguf");
                file.toFile().deleteOnExit();
                byte[] bytes = with(Files.readAllBytes(model(name, window)), ".attention.sliding_window", nativeWindow);
                return Files.write(file, bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static byte[] with(byte[] file, String key, int number) {
        int type = new String(file, ISO_8859_1).indexOf(key) + key.length();
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (type < key.length() || bytes.getInt(type) != 4) {
            throw new AssertionError("no " + key + " of type uint32");
        }
        bytes.putInt(type + Integer.BYTES, number);
        return file;
    }
}
