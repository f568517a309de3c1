package dev.mneme.persistence.event;

import java.util.Optional;

/**
 * What has to be known of a turn to finish or to continue it; {@link TurnStarted} without its tokens.
 *
 * @param turn its number
 * @param kind what was asked
 * @param requestId the caller's request id
 * @param position where its tokens begin
 * @param promptTotal how many prompt tokens it has
 * @param options how to sample the reply
 * @param documentHash the hash of the document being read
 * @param startedAtMillis when it began, in milliseconds since 1970
 */
public record TurnFacts(
        int turn,
        TurnKind kind,
        Optional<String> requestId,
        int position,
        int promptTotal,
        GenerationOptions options,
        Optional<String> documentHash,
        long startedAtMillis) {
    /** The facts of a turn that just began. */
    public static TurnFacts of(TurnStarted started) {
        return new TurnFacts(
                started.turn(),
                started.kind(),
                started.requestId(),
                started.position(),
                started.promptTotal(),
                started.options(),
                started.documentHash(),
                started.startedAtMillis());
    }
}
