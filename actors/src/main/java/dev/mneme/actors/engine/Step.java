package dev.mneme.actors.engine;

import dev.mneme.runtime.model.TokenRun;
import java.util.ArrayList;
import java.util.List;

/** One mixed batch: at most one run of each session. */
final class Step {
    private final List<StepPart> parts = new ArrayList<>();
    private int decodes;
    private int prefillTokens;

    boolean isEmpty() {
        return parts.isEmpty();
    }

    int decodes() {
        return decodes;
    }

    int prefillTokens() {
        return prefillTokens;
    }

    List<StepPart> parts() {
        return parts;
    }

    List<TokenRun> runs() {
        return parts.stream().map(StepPart::run).toList();
    }

    /** How long the step waited for what sessions had not in memory. */
    long waitedNanos() {
        return parts.stream().mapToLong(StepPart::waitedNanos).sum();
    }

    void addDecode(TurnWork work) {
        parts.add(StepPart.decode(work));
        decodes++;
    }

    /** Adds the next chunk of a session's prompt, at most {@code limit} tokens; answers how many it took. */
    int addPrefill(TurnWork work, int limit) {
        PrefillChunk chunk = work.nextPrefill(limit);
        parts.add(StepPart.prefill(work, chunk));
        int taken = chunk.tokens().tokens().length;
        prefillTokens += taken;
        return taken;
    }
}
