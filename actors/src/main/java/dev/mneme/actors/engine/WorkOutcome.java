package dev.mneme.actors.engine;

import dev.mneme.persistence.event.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * How a turn's work ended.
 *
 * @param finish why
 * @param remainingText text that was held back as the possible beginning of a stop text
 * @param cost what it took
 * @param failure the error if {@code finish} is {@link FinishReason#FAILED}
 */
public record WorkOutcome(FinishReason finish, String remainingText, WorkCost cost, @Nullable Throwable failure) {}
