package dev.mneme.actors.session;

/** A change of how a session remembers. */
public sealed interface MemoryChange {
    /** Remembers by another policy or in another format from the next block on. */
    record Remember(MemoryWishes wishes) implements MemoryChange {}

    /** Always attends to a turn from now on. */
    record Pin(int turn) implements MemoryChange {}

    /** No longer does. */
    record Unpin(int turn) implements MemoryChange {}
}
