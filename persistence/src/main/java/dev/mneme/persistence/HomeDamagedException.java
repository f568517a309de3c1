package dev.mneme.persistence;

import java.nio.file.Path;

/** A small file of the home that cannot be made anew is not what was written. */
public final class HomeDamagedException extends HomeException {
    /** {@code file} is damaged as {@code what} says. */
    public HomeDamagedException(Path file, String what) {
        super("the file " + file + " is damaged: " + what + "; restore it from a backup", null);
    }
}
