package dev.mneme;

/**
 * Something that {@link Mneme#verify} came upon.
 *
 * @param kind how bad it is
 * @param tenant whose; empty if it is nobody's in particular
 * @param session the session's name, or the id of one that has no name; empty if it is no session's
 * @param where the file, record or block
 * @param what what is the matter, and what becomes of it
 */
public record Finding(Kind kind, String tenant, String session, String where, String what) {
    /** How bad a finding is. */
    public enum Kind {
        /** What a crash may leave behind. Nothing is lost; the next turn deals with it. */
        LEFTOVER,
        /** Bytes are wrong that can be made again from the journal. They are not served. */
        DAMAGE,
        /** Part of the journal is gone: it cannot be made again. */
        LOSS
    }
}
