package dev.mneme.runtime.model;

import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.gguf.GgufTensor;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one layer: matrices as they are stored, norms and biases as f32. What an
 * architecture does not have is null.
 */
record LayerWeights(
        float[] attentionNorm,
        GgufTensor query,
        GgufTensor key,
        GgufTensor value,
        float @Nullable [] queryBias,
        float @Nullable [] keyBias,
        float @Nullable [] valueBias,
        float @Nullable [] queryNorm,
        float @Nullable [] keyNorm,
        GgufTensor output,
        float @Nullable [] postAttentionNorm,
        float[] feedForwardNorm,
        GgufTensor gate,
        GgufTensor up,
        GgufTensor down,
        float @Nullable [] postFeedForwardNorm) {

    static LayerWeights of(GgufFile file, int layer) {
        String prefix = "blk." + layer + ".";
        return new LayerWeights(
                file.tensor(prefix + "attn_norm.weight").values(),
                file.tensor(prefix + "attn_q.weight"),
                file.tensor(prefix + "attn_k.weight"),
                file.tensor(prefix + "attn_v.weight"),
                valuesIfPresent(file, prefix + "attn_q.bias"),
                valuesIfPresent(file, prefix + "attn_k.bias"),
                valuesIfPresent(file, prefix + "attn_v.bias"),
                valuesIfPresent(file, prefix + "attn_q_norm.weight"),
                valuesIfPresent(file, prefix + "attn_k_norm.weight"),
                file.tensor(prefix + "attn_output.weight"),
                valuesIfPresent(file, prefix + "post_attention_norm.weight"),
                file.tensor(prefix + "ffn_norm.weight").values(),
                file.tensor(prefix + "ffn_gate.weight"),
                file.tensor(prefix + "ffn_up.weight"),
                file.tensor(prefix + "ffn_down.weight"),
                valuesIfPresent(file, prefix + "post_ffw_norm.weight"));
    }

    private static float @Nullable [] valuesIfPresent(GgufFile file, String name) {
        return file.find(name).map(GgufTensor::values).orElse(null);
    }
}
