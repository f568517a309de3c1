package dev.mneme.actors.session;

import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.runtime.attention.PlanFrame;
import java.util.Optional;

/**
 * What a token past the model's window attended to, in blocks of 64 tokens. It follows from its position and the
 * session's edits, so no journal has it.
 *
 * @param sinks at the session's beginning
 * @param pinned of pinned turns, beside those among sinks and window
 * @param retrieved by each layer and KV head, those that suited it best
 * @param window at the session's end, the token's own block included
 */
public record AttendedBlocks(int sinks, int pinned, int retrieved, int window) {
    /**
     * What the last token that a turn computed attended to; empty inside the window, where it is everything.
     *
     * @param kind a reply's last token is sampled and not computed yet
     * @param end where the turn's tokens end
     */
    static Optional<AttendedBlocks> atEnd(TurnKind kind, int end, MemoryTimeline timeline, int modelWindow) {
        return at(Math.max(0, end - (kind == TurnKind.INGEST ? 1 : 2)), timeline, modelWindow);
    }

    private static Optional<AttendedBlocks> at(int position, MemoryTimeline timeline, int modelWindow) {
        return timeline.sparseAt(position, modelWindow)
                .map(sparse -> PlanFrame.of(sparse, position))
                .map(frame -> new AttendedBlocks(
                        frame.sinks(), frame.pins().size(), frame.retrieved(), frame.own() - frame.firstLocal() + 1));
    }
}
