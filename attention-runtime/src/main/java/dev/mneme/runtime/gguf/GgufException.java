package dev.mneme.runtime.gguf;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A model file that cannot be read, or that lacks what was asked of it. Says where, and what to do. */
public final class GgufException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final long offset;
    private final String field;

    GgufException(Path file, long offset, String field, String problem, @Nullable Throwable cause) {
        super(file + (offset < 0 ? "" : ", byte " + offset) + ", " + field + ": " + problem, cause);
        this.file = file;
        this.offset = offset;
        this.field = field;
    }

    GgufException(Path file, long offset, String field, String problem) {
        this(file, offset, field, problem, null);
    }

    /** The file that was read. */
    public Path file() {
        return file;
    }

    /** Byte offset from the start of the file where the trouble was seen, or -1 where no single place is to blame. */
    public long offset() {
        return offset;
    }

    /** The metadata key, tensor or header field that was being read. */
    public String field() {
        return field;
    }
}
