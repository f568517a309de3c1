package dev.mneme.actors.memory;

/**
 * Consecutive tokens whose keys and values a turn has to compute.
 *
 * @param from position of the first
 * @param tokens their ids; not to be changed
 * @param kind whether they were computed before
 */
@SuppressWarnings("ArrayRecordComponent")
public record ComputeSpan(int from, int[] tokens, Kind kind) {
    /** Why a span is computed. */
    public enum Kind {
        /** Its tokens are new. */
        NEW,
        /** Its keys and values were lost, dropped or damaged. */
        REBUILD
    }

    /** One past the last position. */
    public int to() {
        return from + tokens.length;
    }
}
