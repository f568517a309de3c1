package dev.mneme.persistence.event;

/**
 * The model that a session was created with; a session cannot change its model.
 *
 * @param name the name it was asked for by, for messages
 * @param sha256 the hash of its file, in lower-case hexadecimal: this is what must match
 * @param architecture the architecture that the file names
 */
public record ModelRef(String name, String sha256, String architecture) {}
