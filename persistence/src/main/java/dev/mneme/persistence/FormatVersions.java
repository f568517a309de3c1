package dev.mneme.persistence;

/**
 * The numbers of the formats that this module writes, all in one place. A number goes up when the format changes in a
 * way that an older reader would misread; what is older stays readable.
 */
public final class FormatVersions {
    /** The layout of a home directory. */
    public static final int HOME = 1;

    /** The frame around each record of the journal and the snapshots. */
    public static final int RECORD = 1;

    /** The keys and rows of the indexes; with another number they are rebuilt from the journal. 2: memory edits. */
    public static final int INDEX = 2;

    /** The body of every kind of event. */
    public static final int EVENT = 1;

    /** The body of a snapshot. */
    public static final int SNAPSHOT = 1;

    private FormatVersions() {}
}
