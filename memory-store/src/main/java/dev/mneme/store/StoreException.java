package dev.mneme.store;

import java.nio.file.Path;

/** What the store cannot do, as a type to switch over. Damage of a block is not an error but a {@link LeaseResult}. */
public abstract sealed class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private StoreException(String message) {
        super(message);
    }

    private StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** No room for a block: budget or disk is used up and every block that could make room is leased. */
    public static final class Full extends StoreException {
        private static final long serialVersionUID = 1L;

        Full(String message) {
            super(message);
        }
    }

    /** The store was closed, or is closing. */
    public static final class Closed extends StoreException {
        private static final long serialVersionUID = 1L;

        Closed(Path directory) {
            super("The block store in " + directory + " is closed");
        }
    }

    /** Leases stayed open past the deadline of a removal or of closing. */
    public static final class StillLeased extends StoreException {
        private static final long serialVersionUID = 1L;

        StillLeased(String message) {
            super(message);
        }
    }

    /** Another store, here or in another process, has the directory open. */
    public static final class InUse extends StoreException {
        private static final long serialVersionUID = 1L;

        InUse(Path directory) {
            super("Another process or store has " + directory + " open; close it first");
        }
    }

    /** The file was written by a newer program. */
    public static final class NewerFormat extends StoreException {
        private static final long serialVersionUID = 1L;

        NewerFormat(Path file, int found, int known) {
            super(file + " has format " + found + ", this program knows up to " + known + "; use a newer Mneme");
        }
    }

    /** Reading or writing failed: no permission, no such directory, device error. */
    public static final class Failed extends StoreException {
        private static final long serialVersionUID = 1L;

        Failed(String message, Throwable cause) {
            super(message + ": " + cause, cause);
        }
    }
}
