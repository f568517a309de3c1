package dev.mneme.runtime.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model file of the GGUF format, version 2 or 3 (github.com/ggml-org/ggml, docs/gguf.md), on a read-only memory
 * map. Opening reads the head only and takes a few milliseconds; tensors are paged in as they are used.
 *
 * <p>Thread-safe. The map ends with {@link #close()}: close only when nobody computes, for later reads of a tensor
 * or of metadata throw {@link IllegalStateException}. The file must not be cut while it is mapped; no program can
 * defend itself against that.
 */
public final class GgufFile implements AutoCloseable {
    private final Path path;
    private final Arena arena;
    private final GgufMetadata metadata;
    private final Map<String, GgufTensor> tensors;

    GgufFile(Path path, Arena arena, GgufMetadata metadata, Map<String, GgufTensor> tensors) {
        this.path = path;
        this.arena = arena;
        this.metadata = metadata;
        this.tensors = tensors;
    }

    /**
     * Maps the file and checks its head.
     *
     * @throws GgufException if the file cannot be read, or is damaged, or stores tensors in an unsupported type
     */
    public static GgufFile open(Path path) {
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try (FileChannel channel = FileChannel.open(path)) {
            MemorySegment map = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            GgufFile file = new GgufReader(path, map).read(arena);
            opened = true;
            return file;
        } catch (NoSuchFileException e) {
            throw new GgufException(path, -1, "file", "does not exist. Check the path.", e);
        } catch (IOException e) {
            throw new GgufException(path, -1, "file", "cannot be read (" + e.getMessage()
                    + "). Check that it is a file and that you may read it.", e);
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    /** The path that was opened. */
    public Path path() {
        return path;
    }

    /** The key-value part. */
    public GgufMetadata metadata() {
        return metadata;
    }

    /**
     * The tensor of this name.
     *
     * @throws GgufException if there is none
     */
    public GgufTensor tensor(String name) {
        @Nullable GgufTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new GgufException(path, -1, name, "there is no such tensor. Use a complete model file.");
        }
        return tensor;
    }

    /** The tensor of this name, if there is one. */
    public Optional<GgufTensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /** All tensors, in the file's order. */
    public Collection<GgufTensor> tensors() {
        return Collections.unmodifiableCollection(tensors.values());
    }

    /** Ends the map. A second call does nothing. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
