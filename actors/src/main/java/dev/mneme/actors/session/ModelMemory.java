package dev.mneme.actors.session;

import dev.mneme.actors.model.LoadedModel;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.model.MemoryDefaults;

/**
 * What a model has to say of memory.
 *
 * @param window the length that it was trained for, in tokens
 * @param byDefault the policy that it does well with
 */
public record ModelMemory(int window, MemoryPolicy byDefault) {
    /** Of a model. */
    public static ModelMemory of(LoadedModel model) {
        return new ModelMemory(model.window(), MemoryDefaults.of(model.language().spec()));
    }
}
