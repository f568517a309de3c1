package dev.mneme.actors.memory;

import dev.mneme.runtime.kv.KvLayout;
import java.util.stream.IntStream;

/**
 * Some tokens of a session.
 *
 * @param from the position of the first
 * @param to one past the position of the last
 */
public record TokenRange(int from, int to) {
    /** The blocks that hold them. */
    IntStream blocks() {
        return from == to ? IntStream.empty() : IntStream.rangeClosed(from / KvLayout.BLOCK, (to - 1) / KvLayout.BLOCK);
    }
}
