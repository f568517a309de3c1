package dev.mneme.persistence.event;

import java.util.Optional;

/**
 * A turn began.
 *
 * @param turn its number: one more than the turns before it; a {@link TurnKind#CONTINUE} repeats the number of the last
 *     turn, which goes on (one that a crash left open needs no event, and just goes on)
 * @param kind what was asked
 * @param requestId the caller's request id
 * @param position where its tokens begin
 * @param prompt the new tokens, or their first piece
 * @param promptTotal how many new tokens there are with the {@link PromptExtended} that follow
 * @param options how to sample the reply
 * @param documentHash the hash of the document being read, so that an interrupted reading can go on
 * @param startedAtMillis when, in milliseconds since 1970
 */
public record TurnStarted(
        int turn,
        TurnKind kind,
        Optional<String> requestId,
        int position,
        Tokens prompt,
        int promptTotal,
        GenerationOptions options,
        Optional<String> documentHash,
        long startedAtMillis)
        implements SessionEvent {}
