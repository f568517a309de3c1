package dev.mneme.persistence.event;

/** How text becomes tokens in a session. */
public enum SessionStyle {
    /** Through the model's chat template. */
    CHAT,
    /** As it is. */
    RAW
}
