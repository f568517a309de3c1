package dev.mneme.models;

import java.nio.file.Path;

/**
 * A model file on this machine.
 *
 * @param name what the user called it
 * @param path absolute path of the GGUF file
 * @param sha256 of the whole file, lower-case hex: the identity that sessions are bound to
 */
public record ModelFile(String name, Path path, String sha256) {
}
