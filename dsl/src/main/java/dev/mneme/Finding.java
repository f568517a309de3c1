package dev.mneme;

/**
 * Something that verifying a home came upon.
 *
 * @param kind how bad it is
 * @param where the tenant, session, block or file
 * @param what what is the matter, and what becomes of it
 */
public record Finding(Kind kind, String where, String what) {
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
