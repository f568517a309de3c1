package dev.mneme.actors.session;

import dev.mneme.actors.model.LoadedModel;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.model.MemoryDefaults;

/**
 * What a model and the machine have to say of memory.
 *
 * @param window the length that the model was trained for, in tokens
 * @param byDefault the policy that it does well with
 * @param freeBytes memory that the machine has left
 */
public record ModelMemory(int window, MemoryPolicy byDefault, long freeBytes) {
    /** Of a model, on this machine, now. May block. */
    public static ModelMemory of(LoadedModel model) {
        return new ModelMemory(
                model.window(), MemoryDefaults.of(model.language().spec()), FreeMemory.bytes());
    }
}
