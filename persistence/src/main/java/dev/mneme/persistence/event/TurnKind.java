package dev.mneme.persistence.event;

/** What a turn was asked to do. */
public enum TurnKind {
    /** Add a user message and reply. */
    SAY,
    /** Add text as it is and go on from it. */
    RAW,
    /** Read a document, no reply. */
    INGEST,
    /** Finish the reply that was cut off. */
    CONTINUE
}
