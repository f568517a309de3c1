package dev.mneme.actors.verification;

/**
 * Something about a home that is not as it should be.
 *
 * @param kind how bad it is
 * @param tenant whose; empty if it is nobody's in particular
 * @param session the name of the session, or the id of one that has no name; empty if it is no session's
 * @param where the file, record or block
 * @param what what is wrong with it, and what follows
 */
public record Finding(Kind kind, String tenant, String session, String where, String what) {
    /** How bad a finding is. */
    public enum Kind {
        /** Part of a journal is gone: it cannot be had again. */
        LOSS,
        /** Something is not what was written; it is not served, and can be made anew from the journal. */
        DAMAGE,
        /** What a crash leaves behind; using the session cleans it up. */
        LEFTOVER
    }
}
