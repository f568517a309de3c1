package dev.mneme.runtime.model;

import java.util.Optional;

/** The model families that the runtime computes. */
public enum Architecture {
    /** Llama 2 and 3, SmolLM and their kin. */
    LLAMA("llama", RopePairing.ADJACENT, Activation.SILU),
    /** Qwen 2 and 2.5: biases on queries, keys and values. */
    QWEN2("qwen2", RopePairing.HALVES, Activation.SILU),
    /** Qwen 3: a norm on each head's query and key. */
    QWEN3("qwen3", RopePairing.HALVES, Activation.SILU),
    /** Gemma 3: norms on heads and after each block, local layers with a native window. */
    GEMMA3("gemma3", RopePairing.HALVES, Activation.GELU_TANH);

    private final String ggufName;
    private final RopePairing ropePairing;
    private final Activation activation;

    Architecture(String ggufName, RopePairing ropePairing, Activation activation) {
        this.ggufName = ggufName;
        this.ropePairing = ropePairing;
        this.activation = activation;
    }

    /** The name in {@code general.architecture}, which is also the prefix of the model's own keys. */
    public String ggufName() {
        return ggufName;
    }

    /** Which dimensions of a head turn together. */
    public RopePairing ropePairing() {
        return ropePairing;
    }

    /** The feed-forward gate's function. */
    public Activation activation() {
        return activation;
    }

    /** Whether each head's query and key is normalized before it is rotated. */
    public boolean hasHeadNorms() {
        return this == QWEN3 || this == GEMMA3;
    }

    /** Whether attention and feed-forward outputs are normalized before they join the residual stream. */
    public boolean hasPostNorms() {
        return this == GEMMA3;
    }

    /** Whether queries, keys and values have biases. */
    public boolean hasAttentionBiases() {
        return this == QWEN2;
    }

    static Optional<Architecture> ofGgufName(String name) {
        for (Architecture architecture : values()) {
            if (architecture.ggufName.equals(name)) {
                return Optional.of(architecture);
            }
        }
        return Optional.empty();
    }
}
