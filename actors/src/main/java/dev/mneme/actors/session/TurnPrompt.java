package dev.mneme.actors.session;

import dev.mneme.actors.model.LoadedModel;
import dev.mneme.persistence.event.GenerationOptions;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.TurnKind;
import java.util.List;
import java.util.Optional;

/**
 * A turn's new tokens, ready to be journaled, and the model that will run it.
 *
 * @param model taken for use; whoever ends the turn releases it
 * @param kind what is asked
 * @param tokens the new tokens; none in a continuation; not to be changed
 * @param options how to sample
 * @param documentHash of the document, if the turn reads one
 * @param picked how the session is to remember from this turn on, where that is left to Mneme and something changes
 */
@SuppressWarnings("ArrayRecordComponent")
record TurnPrompt(
        LoadedModel model,
        TurnKind kind,
        int[] tokens,
        GenerationOptions options,
        Optional<String> documentHash,
        List<MemoryEdited> picked) {}
