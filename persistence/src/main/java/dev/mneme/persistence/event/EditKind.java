package dev.mneme.persistence.event;

/** What a memory edit changes. */
public enum EditKind {
    /** The memory policy. */
    POLICY,
    /** The format of keys and values. */
    FORMAT,
    /** A range of tokens is always attended from now on. */
    PIN,
    /** It no longer is. */
    UNPIN,
    /** The version of the canonical order of arithmetic. */
    NUMERICS
}
