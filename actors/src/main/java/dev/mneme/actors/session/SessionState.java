package dev.mneme.actors.session;

import dev.mneme.actors.memory.BlockKeys;
import dev.mneme.actors.memory.ChainTip;
import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.persistence.event.TurnFacts;
import dev.mneme.persistence.event.TurnKind;
import java.util.Optional;

/** What a session actor knows between commands: as large as its memory edits are many, however long it is. */
sealed interface SessionState {
    /** Nothing was journaled under this id yet. */
    record Unborn() implements SessionState {}

    /** The session was deleted. */
    record Deleted() implements SessionState {}

    /** Whether a turn of this kind that ended in this way, or has not ended, is one that stopped before its end. */
    static boolean cutOff(TurnKind kind, Optional<FinishReason> finish) {
        if (finish.isEmpty()) {
            return true;
        }
        return kind != TurnKind.INGEST
                && switch (finish.get()) {
                    case LENGTH, CANCELLED, TIMED_OUT, INTERRUPTED, FAILED -> true;
                    case STOP, INGESTED -> false;
                };
    }

    /**
     * A session that can be used.
     *
     * @param identity who it is
     * @param facts what it was created with
     * @param timeline how it remembers, and where that changes
     * @param keys the content addresses of its blocks, which follow from that
     * @param branch the current branch
     * @param tip the end of its token line
     * @param turns how many turns it has, an open one included
     * @param lastTurn the latest turn
     * @param lastFinish how that turn ended; empty while it is open
     * @param sequenceNr the number of the last event: the branches that later events open are named by theirs
     */
    record Live(
            SessionIdentity identity,
            SessionFacts facts,
            MemoryTimeline timeline,
            BlockKeys keys,
            long branch,
            ChainTip tip,
            int turns,
            Optional<TurnFacts> lastTurn,
            Optional<FinishReason> lastFinish,
            long sequenceNr)
            implements SessionState {
        int position() {
            return tip.position();
        }

        /** The turn that was started and has not ended: after a crash, one that can be finished. */
        Optional<TurnFacts> openTurn() {
            return lastFinish.isPresent() ? Optional.empty() : lastTurn;
        }

        /** Tokens that the last turn sampled so far. */
        int sampledInLastTurn() {
            return lastTurn.map(turn -> Math.max(0, position() - turn.position() - turn.promptTotal())).orElse(0);
        }

        /**
         * How far keys and values are known to have been computed once. The last sampled token's are not: they come
         * with the next turn. Of a prompt that was cut off before its first sampled token it is not known; it counts as
         * not computed.
         */
        int computedOnce() {
            if (sampledInLastTurn() > 0) {
                return position() - 1;
            }
            if (lastFinish.filter(FinishReason.INGESTED::equals).isPresent()) {
                return position();
            }
            return lastTurn.map(turn -> Math.max(0, turn.position() - 1)).orElse(position());
        }

        /** Whether the last turn is a reply that stopped before its end. */
        boolean cutOff() {
            return lastTurn.filter(turn -> SessionState.cutOff(turn.kind(), lastFinish)).isPresent();
        }

        Live withTip(ChainTip next) {
            return new Live(identity, facts, timeline, keys, branch, next, turns, lastTurn, lastFinish, sequenceNr);
        }

        Live started(TurnFacts turn) {
            return new Live(
                    identity,
                    facts,
                    timeline,
                    keys,
                    branch,
                    tip,
                    turn.turn(),
                    Optional.of(turn),
                    Optional.empty(),
                    sequenceNr);
        }

        Live ended(FinishReason finish) {
            return new Live(
                    identity, facts, timeline, keys, branch, tip, turns, lastTurn, Optional.of(finish), sequenceNr);
        }

        /** The session remembering in another way from its end on. */
        Live remembering(MemoryTimeline edited, BlockKeys newKeys) {
            return new Live(
                    identity, facts, edited, newKeys, branch, tip, turns, lastTurn, lastFinish, sequenceNr);
        }

        Live at(long newSequenceNr) {
            return new Live(
                    identity, facts, timeline, keys, branch, tip, turns, lastTurn, lastFinish, newSequenceNr);
        }
    }
}
