package dev.mneme.persistence.event;

import java.util.Optional;

/**
 * How the session remembers was changed.
 *
 * @param position how many tokens the session had then
 * @param edit what was changed
 * @param value to what; empty for pins
 * @param fromToken the first token of a pinned range
 * @param toToken one past its last token
 * @param requestId the caller's request id
 */
public record MemoryEdited(
        int position, EditKind edit, String value, int fromToken, int toToken, Optional<String> requestId)
        implements SessionEvent {
    /** The same edit, made for no request. */
    public MemoryEdited withoutRequest() {
        return new MemoryEdited(position, edit, value, fromToken, toToken, Optional.empty());
    }
}
