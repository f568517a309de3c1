package dev.mneme.actors.memory;

import dev.mneme.runtime.kv.KvMemory;

/**
 * Keys and values as the engine's steps see them. A step that finds a lost block is run again; what it may have left half
 * written of the query group's choices is put back before. For the engine thread.
 */
public interface StepMemory extends KvMemory {
    /** Remembers the choices as they are before a step. */
    void beginStep();

    /** Puts them back after a step that failed. */
    void undoStep();

    /** How long opening the session and its steps waited, in all so far, for blocks and summaries that were not in memory. */
    long coldNanos();

    /** Notes that a step wrote keys and values of positions {@code [from, to)}. */
    void written(int from, int to);
}
