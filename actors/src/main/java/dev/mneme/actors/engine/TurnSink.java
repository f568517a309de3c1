package dev.mneme.actors.engine;

/** Takes what the engine computed for a turn. Called on the engine thread; must not block. */
public interface TurnSink {
    /**
     * A token was sampled.
     *
     * @param token its id
     * @param text what it adds to the text that is shown, possibly nothing
     */
    void sampled(int token, String text);

    /** The work is over; nothing follows. */
    void finished(WorkOutcome outcome);
}
