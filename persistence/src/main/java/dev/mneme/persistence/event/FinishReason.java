package dev.mneme.persistence.event;

/** Why a turn ended. */
public enum FinishReason {
    /** The model ended its reply, or a stop text was met. */
    STOP,
    /** The most tokens asked for were sampled. */
    LENGTH,
    /** The caller cancelled. */
    CANCELLED,
    /** The caller's deadline passed. */
    TIMED_OUT,
    /** Cut off by a crash, a close or the next turn. */
    INTERRUPTED,
    /** The document was read to its end. */
    INGESTED,
    /** An error ended it. */
    FAILED
}
