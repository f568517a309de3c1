package dev.mneme.actors.engine;

import dev.mneme.errors.InvalidRequest;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.GenerationOptions;
import dev.mneme.runtime.sampling.InvalidOptionException;
import dev.mneme.runtime.sampling.Sampler;
import dev.mneme.runtime.sampling.SamplerOptions;
import dev.mneme.runtime.sampling.StopMatcher;
import dev.mneme.runtime.sampling.TokenWindow;
import dev.mneme.runtime.tokenizer.TextDecoder;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.Optional;

/**
 * How a turn's reply is sampled, what of it is shown, and when it ends. All its state is rebuilt from the journal: a
 * reply that goes on after a restart samples and shows what it would have.
 */
public final class Reply {
    private final Tokenizer tokenizer;
    private final int maxTokens;
    private final Sampler sampler;
    private final TokenWindow recent;
    private final TextDecoder decoder;
    private final StopMatcher stops;
    private int sampled;
    private Optional<FinishReason> finished = Optional.empty();

    /**
     * A reply at its beginning.
     *
     * @param tokenizer the model's
     * @param options how to sample
     * @param history the last tokens before the reply, for the repetition penalty
     */
    public Reply(Tokenizer tokenizer, GenerationOptions options, int[] history) {
        this.tokenizer = tokenizer;
        this.maxTokens = options.maxTokens();
        this.sampler = Sampler.of(samplerOptions(options));
        this.recent = sampler.newWindow();
        this.decoder = tokenizer.newTextDecoder();
        this.stops = new StopMatcher(options.stops());
        recent.addAll(history);
    }

    /**
     * Checks options before they are journaled.
     *
     * @throws InvalidRequest if one is out of its range, with what the range is
     */
    public static void check(GenerationOptions options) {
        if (options.maxTokens() < 1) {
            throw new InvalidRequest("max-tokens must be at least 1, not " + options.maxTokens());
        }
        try {
            var unused = new Object[] {samplerOptions(options), new StopMatcher(options.stops())};
        } catch (InvalidOptionException e) {
            throw new InvalidRequest(String.valueOf(e.getMessage()));
        }
    }

    private static SamplerOptions samplerOptions(GenerationOptions options) {
        return new SamplerOptions(
                options.temperature(),
                options.topK(),
                options.topP(),
                options.minP(),
                options.repetitionPenalty(),
                options.repetitionWindow(),
                options.seed());
    }

    /**
     * Takes text of this reply that an earlier turn has shown, so that characters and stop texts that it left unfinished
     * go on from there. It does not count towards the most tokens.
     */
    public void follow(int[] shown) {
        for (int token : shown) {
            stops.append(decoder.append(token));
        }
    }

    /** The token at {@code position}, drawn from the logits of the token before it. */
    int sample(float[] logits, int position) {
        return sampler.sample(logits, recent, position);
    }

    /** Takes the next token of the reply, sampled now or replayed from the journal; answers what it adds to the text. */
    public String accept(int token) {
        sampled++;
        recent.add(token);
        if (tokenizer.endOfGeneration().contains(token)) {
            finished = Optional.of(FinishReason.STOP);
            return "";
        }
        String shown = stops.append(decoder.append(token));
        if (stops.matched().isPresent()) {
            finished = Optional.of(FinishReason.STOP);
        } else if (sampled >= maxTokens) {
            finished = Optional.of(FinishReason.LENGTH);
        }
        return shown;
    }

    /**
     * Ends the text of a whole reply: what was held back as the possible beginning of a stop text or of a character. Not
     * for one that was cut off: what it holds back comes out when it is resumed, or turns out to be a stop text.
     */
    public String remainingText() {
        return stops.matched().isPresent() ? "" : stops.append(decoder.finish()) + stops.finish();
    }

    /** Why the reply is over, if it is. */
    public Optional<FinishReason> finished() {
        return finished;
    }
}
