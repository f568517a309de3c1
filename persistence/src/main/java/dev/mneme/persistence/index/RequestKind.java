package dev.mneme.persistence.index;

/** What a request did. */
public enum RequestKind {
    CREATED,
    FORKED,
    TURN,
    REWOUND,
    EDITED,
    DELETED
}
