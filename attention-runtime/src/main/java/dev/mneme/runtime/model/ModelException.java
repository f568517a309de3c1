package dev.mneme.runtime.model;

import java.nio.file.Path;

/** A readable model file that describes no model the runtime can compute. Says what is wrong, and what to do. */
public final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;

    ModelException(Path file, String problem) {
        super(file + ": " + problem);
        this.file = file;
    }

    /** The model file. */
    public Path file() {
        return file;
    }
}
