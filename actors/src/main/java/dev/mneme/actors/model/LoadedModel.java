package dev.mneme.actors.model;

import dev.mneme.actors.engine.DeviceTurns;
import dev.mneme.actors.engine.Engine;
import dev.mneme.errors.InvalidRequest;
import dev.mneme.persistence.event.ModelRef;
import dev.mneme.runtime.chat.ChatTemplate;
import dev.mneme.runtime.chat.ChatTurns;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.RuntimeOptions;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A model in memory with its engine. Thread-safe. */
public final class LoadedModel {
    private final ModelRef ref;
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final Engine engine;
    private final Map<LocalDate, ChatTurns> turns = new ConcurrentHashMap<>();
    private final AtomicInteger users = new AtomicInteger();
    private volatile long lastUsedNanos = System.nanoTime();

    private LoadedModel(ModelRef ref, LanguageModel model, Tokenizer tokenizer, Engine engine) {
        this.ref = ref;
        this.model = model;
        this.tokenizer = tokenizer;
        this.engine = engine;
    }

    static LoadedModel load(ModelSource.LocatedModel located, RuntimeOptions options, DeviceTurns device) {
        LanguageModel model = LanguageModel.open(located.file(), options);
        try {
            return loaded(located, model, device);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    private static LoadedModel loaded(ModelSource.LocatedModel located, LanguageModel model, DeviceTurns device) {
        ModelRef ref = new ModelRef(
                located.name(), located.sha256(), model.spec().architecture().name());
        Engine engine = new Engine(located.name(), model.newForwardPass(), device); // warms up meanwhile
        try {
            return new LoadedModel(ref, model, Tokenizer.from(model.file()), engine);
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }

    /** What a session's journal says of this model. */
    public ModelRef ref() {
        return ref;
    }

    /** The model itself. */
    public LanguageModel language() {
        return model;
    }

    /** Its tokenizer. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /**
     * Its chat template's turns, with the date that the template may mention.
     *
     * @throws InvalidRequest if the model has no chat template
     */
    public ChatTurns turns(LocalDate date) {
        return turns.computeIfAbsent(
                date,
                day -> ChatTemplate.from(model.file(), tokenizer)
                        .map(template -> new ChatTurns(tokenizer, template.shape(day)))
                        .orElseThrow(() -> new InvalidRequest("model '" + ref.name()
                                + "' has no chat template; create the session raw (`--raw`)")));
    }

    /** Its engine. */
    public Engine engine() {
        return engine;
    }

    /** The length that it was trained for, in tokens. */
    public int window() {
        return model.spec().contextLength();
    }

    void use() {
        users.incrementAndGet();
    }

    /** Says that a turn is done with it. */
    public void release() {
        lastUsedNanos = System.nanoTime();
        users.decrementAndGet();
    }

    boolean idleFor(long nanos) {
        return users.get() == 0 && System.nanoTime() - lastUsedNanos > nanos;
    }

    void close() {
        engine.close();
        model.close();
    }
}
