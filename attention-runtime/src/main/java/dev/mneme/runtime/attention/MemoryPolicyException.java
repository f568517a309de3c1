package dev.mneme.runtime.attention;

import java.io.Serial;

/** A memory policy that contradicts itself or the model. The message names the rule. */
public final class MemoryPolicyException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1;

    /** With what is wrong and what to choose instead. */
    public MemoryPolicyException(String message) {
        super(message);
    }
}
