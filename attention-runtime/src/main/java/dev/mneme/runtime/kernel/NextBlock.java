package dev.mneme.runtime.kernel;

import dev.mneme.runtime.kv.BlockPayload;
import org.jspecify.annotations.Nullable;

/**
 * The keys and values of a KV head that attention reads next. They are asked for in quarters, between the steps of the block
 * before: of so many lines at once a processor would have to wait for the first before it could ask for the last. Not thread-safe.
 */
final class NextBlock {
    private static final int PARTS = 4;

    private long address;
    private long part;
    private int left;

    /** Names the next block's payload; null if there is none. */
    void is(@Nullable BlockPayload payload, int layerInGroup, int kvHead) {
        if (payload == null) {
            left = 0;
            return;
        }
        address = payload.bytes().address() + payload.layout().keyOffset(layerInGroup, kvHead);
        part = Prefetch.wholeLines((payload.layout().headBytes() + PARTS - 1) / PARTS);
        left = PARTS;
    }

    /** Asks for a quarter, if one is left. */
    void askForPart() {
        if (left > 0) {
            Prefetch.ask(address, part);
            address += part;
            left--;
        }
    }

    /** Asks for what is left. */
    void askForRest() {
        while (left > 0) {
            askForPart();
        }
    }
}
