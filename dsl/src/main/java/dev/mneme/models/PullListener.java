package dev.mneme.models;

/** Told how a pull gets on, on the pulling thread, a few times a second. */
@FunctionalInterface
public interface PullListener {
    /** A listener that does not care. */
    PullListener SILENT = progress -> { };

    /** Called with the state of the pull; returns quickly. */
    void progress(PullProgress progress);
}
