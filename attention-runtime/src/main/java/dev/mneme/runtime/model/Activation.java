package dev.mneme.runtime.model;

/** The function of the feed-forward gate. */
public enum Activation {
    /** x · sigmoid(x). */
    SILU,
    /** GELU in its tanh form (Hendrycks and Gimpel, 2016). */
    GELU_TANH
}
