package dev.mneme.actors.model;

import java.nio.file.Path;

/** Finds a model's file by the name that a user gives. Thread-safe; may block. */
public interface ModelSource {
    /**
     * The local file of a model.
     *
     * @throws RuntimeException if there is no such model, with a message that says what to do
     */
    LocatedModel locate(String name);

    /**
     * A model's file.
     *
     * @param name what it was asked for by
     * @param file where it is
     * @param sha256 the hash of its bytes, in lower-case hexadecimal
     */
    record LocatedModel(String name, Path file, String sha256) {}
}
