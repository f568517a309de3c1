package dev.mneme.actors.session;

/**
 * Told of a turn as it goes on, each time after what it is told has become durable. Called by the session actor, one
 * call at a time; must not block.
 */
public interface TurnListener {
    /** The turn has a number and its prompt is in the journal. */
    void started(TurnProgress progress);

    /** The reply went on. */
    void replied(ReplyPiece piece);

    /** The turn ended; nothing follows. */
    void ended(TurnResult result);

    /** The turn could not be begun or went wrong; nothing follows. The session is as its journal says. */
    void failed(RuntimeException failure);
}
