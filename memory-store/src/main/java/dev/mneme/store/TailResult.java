package dev.mneme.store;

/** What came of reading a session's tail. */
public sealed interface TailResult {
    record Found(Tail tail) implements TailResult {
    }

    record Missing() implements TailResult {
    }

    /** The file is there, and is not what was written: it is to be ignored, and overwritten in time. */
    record Damaged(String reason) implements TailResult {
    }
}
