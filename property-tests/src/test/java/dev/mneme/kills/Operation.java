package dev.mneme.kills;

import dev.mneme.MemoryPolicy;

/** One thing that is done to a session. Everything that decides its outcome is in it. */
sealed interface Operation {
    /** The session that it is done to. */
    String session();

    /** Says something; the reply is sampled, greedily at temperature 0. */
    record Say(String session, String text, int maxTokens, float temperature, long seed) implements Operation {}

    /** Reads a document. */
    record Ingest(String session, String text) implements Operation {}

    /** Begins {@code child} as a copy. */
    record Fork(String session, String child) implements Operation {}

    /** Goes back to the end of a turn. */
    record Rewind(String session, int turn) implements Operation {}

    /** Remembers in another way; refused where the session has grown past what that allows. */
    record Remember(String session, MemoryPolicy policy) implements Operation {}

    /** Pins a turn; refused where it does not fit. */
    record Pin(String session, int turn) implements Operation {}

    /** Deletes the session. */
    record Delete(String session) implements Operation {}
}
