package dev.mneme.store;

import java.util.function.Predicate;

/**
 * Which blocks with a window sessions need to go on. All others were passed by: they are kept within
 * {@link StoreOptions#windowBudgetBytes}, and made again if a session goes back to where they are read.
 */
@FunctionalInterface
public interface LastWindows {
    /**
     * Tells the blocks in the last window of any session from all others, as things are now. Called on the store thread,
     * once for each window before some blocks go. May read from disk.
     *
     * @param window the blocks' {@link BlockShape#window}
     */
    Predicate<BlockKey> of(int window);
}
