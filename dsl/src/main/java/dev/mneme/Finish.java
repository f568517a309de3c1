package dev.mneme;

import dev.mneme.persistence.event.FinishReason;

/** Why a turn ended. */
public enum Finish {
    /** The model ended its reply, or a stop text was met. */
    STOP,
    /** The most tokens asked for were sampled; {@link Session#resume} goes on. */
    LENGTH,
    /** The caller cancelled; {@link Session#resume} goes on. */
    CANCELLED,
    /** The caller's deadline passed; {@link Session#resume} goes on. */
    TIMED_OUT,
    /** Cut off by a crash or a close; {@link Session#resume} goes on. */
    INTERRUPTED,
    /** A document was read to its end. */
    INGESTED,
    /** An error ended it. */
    FAILED;

    static Finish of(FinishReason reason) {
        return valueOf(reason.name());
    }
}
