package dev.mneme.persistence.home;

/**
 * Something that is damaged in the journal.
 *
 * @param kind what it is, which says how bad it is: an event is lost, a snapshot or an index row can be made anew
 * @param where which one
 * @param what what is wrong with it
 */
public record JournalDamage(Kind kind, String where, String what) {
    /** What can be damaged. */
    public enum Kind {
        /** The files of the database: what they held cannot be told. */
        FILE,
        /** An event: part of a session is lost. */
        EVENT,
        /** A snapshot: the events are all there. */
        SNAPSHOT,
        /** A row of an index: rebuilding the indexes mends it. */
        INDEX
    }
}
