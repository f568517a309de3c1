package dev.mneme.store;

import java.nio.file.Path;

/**
 * The numbers of the store's on-disk formats, in one place. A change of what is written raises its number; golden
 * files of every number that was ever committed are read by a test for good.
 */
public final class StoreFormat {
    /** Arena directory: descriptor, Chronicle file with its entry layout, clean-shutdown marker. */
    public static final int ARENA = 1;
    /** Header of one block. */
    public static final int BLOCK = 1;
    /** Tail file of a session. */
    public static final int TAIL = 1;

    private StoreFormat() {
    }

    static void requireKnown(Path file, int found, int known) {
        if (found > known) {
            throw new StoreException.NewerFormat(file, found, known);
        }
    }
}
