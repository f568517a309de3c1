package dev.mneme.runtime.model;

import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.gguf.GgufTensor;
import dev.mneme.runtime.kernel.WeightMatrix;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one layer: matrices as they are stored, norms and biases as f32. What an
 * architecture does not have is null.
 */
record LayerWeights(
        float[] attentionNorm,
        WeightMatrix query,
        WeightMatrix key,
        WeightMatrix value,
        float @Nullable [] queryBias,
        float @Nullable [] keyBias,
        float @Nullable [] valueBias,
        float @Nullable [] queryNorm,
        float @Nullable [] keyNorm,
        WeightMatrix output,
        float @Nullable [] postAttentionNorm,
        float[] feedForwardNorm,
        WeightMatrix gate,
        WeightMatrix up,
        WeightMatrix down,
        float @Nullable [] postFeedForwardNorm) {

    static LayerWeights of(GgufFile file, int layer) {
        String prefix = "blk." + layer + ".";
        return new LayerWeights(
                file.tensor(prefix + "attn_norm.weight").values(),
                new WeightMatrix(file.tensor(prefix + "attn_q.weight")),
                new WeightMatrix(file.tensor(prefix + "attn_k.weight")),
                new WeightMatrix(file.tensor(prefix + "attn_v.weight")),
                valuesIfPresent(file, prefix + "attn_q.bias"),
                valuesIfPresent(file, prefix + "attn_k.bias"),
                valuesIfPresent(file, prefix + "attn_v.bias"),
                valuesIfPresent(file, prefix + "attn_q_norm.weight"),
                valuesIfPresent(file, prefix + "attn_k_norm.weight"),
                new WeightMatrix(file.tensor(prefix + "attn_output.weight")),
                valuesIfPresent(file, prefix + "post_attention_norm.weight"),
                file.tensor(prefix + "ffn_norm.weight").values(),
                new WeightMatrix(file.tensor(prefix + "ffn_gate.weight")),
                new WeightMatrix(file.tensor(prefix + "ffn_up.weight")),
                new WeightMatrix(file.tensor(prefix + "ffn_down.weight")),
                valuesIfPresent(file, prefix + "post_ffw_norm.weight"));
    }

    /** The matrices in the order of use. */
    Stream<WeightMatrix> matrices() {
        return Stream.of(query, key, value, output, gate, up, down);
    }

    private static float @Nullable [] valuesIfPresent(GgufFile file, String name) {
        return file.find(name).map(GgufTensor::values).orElse(null);
    }
}
