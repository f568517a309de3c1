package dev.mneme.runtime.oracle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Tiny models whose files say that they were trained for a short window, so that few tokens reach past it. */
public final class ShortWindow {
    private static final Map<String, Path> MADE = new HashMap<>();

    private ShortWindow() {}

    /** A tiny model with this context length. */
    public static synchronized Path tinyModel(String name, int window) {
        return MADE.computeIfAbsent(name + "-" + window, key -> {
            try {
                Path file = Files.createTempFile(key, ".gguf");
                file.toFile().deleteOnExit();
                return Files.write(file, withWindow(Files.readAllBytes(OracleFiles.tinyModel(name)), window));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static byte[] withWindow(byte[] file, int window) {
        String key = ".context_length";
        int type = new String(file, ISO_8859_1).indexOf(key) + key.length();
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (type < key.length() || bytes.getInt(type) != 4) {
            throw new AssertionError("no context length of type uint32");
        }
        bytes.putInt(type + 4, window);
        return file;
    }
}
