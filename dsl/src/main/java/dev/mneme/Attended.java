package dev.mneme;

import dev.mneme.actors.session.AttendedBlocks;

/**
 * What was attended past the model's window, in blocks of 64 tokens; inside the window it is everything.
 *
 * @param sinks at the session's beginning
 * @param pinned of pinned turns, beside those among the other parts
 * @param retrieved those that suited best, in each layer and KV head
 * @param window at the session's end
 */
public record Attended(int sinks, int pinned, int retrieved, int window) {
    static Attended of(AttendedBlocks blocks) {
        return new Attended(blocks.sinks(), blocks.pinned(), blocks.retrieved(), blocks.window());
    }
}
