package dev.mneme.runtime.model;

import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.gguf.GgufMetadata;
import dev.mneme.runtime.gguf.GgufTensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a file has exactly the tensors that its model needs. One that is left over is an error too: a bias or a
 * norm that nobody applies would give wrong logits without a word.
 */
final class TensorCheck {
    /** Rows are summed in 16 lanes (design: Numerics). */
    private static final int LANES = 16;

    private final GgufFile file;
    private final ModelSpec spec;
    private final Set<String> known = new HashSet<>();

    TensorCheck(GgufFile file, ModelSpec spec) {
        this.file = file;
        this.spec = spec;
    }

    void run() {
        matrix("token_embd.weight", spec.embeddingLength(), spec.vocabularySize());
        if (!spec.tiedOutput()) {
            matrix("output.weight", spec.embeddingLength(), spec.vocabularySize());
        }
        vector("output_norm.weight", spec.embeddingLength());
        if (file.find("rope_freqs.weight").isPresent() && spec.architecture() == Architecture.LLAMA) {
            vector("rope_freqs.weight", spec.headDim() / 2);
            refuseBadFrequencies();
        }
        for (int layer = 0; layer < spec.layers(); layer++) {
            checkLayer("blk." + layer + ".");
        }
        for (GgufTensor tensor : file.tensors()) {
            if (!known.contains(tensor.name())) {
                throw new ModelException(file.path(), "the tensor " + tensor.name() + " has no place in a "
                        + spec.architecture().ggufName() + " model of " + spec.layers()
                        + " layers as this program computes it, and leaving it out would give wrong results."
                        + " Use another model.");
            }
        }
        checkVocabulary();
    }

    private void checkLayer(String prefix) {
        int embedding = spec.embeddingLength();
        vector(prefix + "attn_norm.weight", embedding);
        matrix(prefix + "attn_q.weight", embedding, spec.queryLength());
        matrix(prefix + "attn_k.weight", embedding, spec.kvLength());
        matrix(prefix + "attn_v.weight", embedding, spec.kvLength());
        matrix(prefix + "attn_output.weight", spec.queryLength(), embedding);
        if (spec.architecture().hasAttentionBiases()) {
            vector(prefix + "attn_q.bias", spec.queryLength());
            vector(prefix + "attn_k.bias", spec.kvLength());
            vector(prefix + "attn_v.bias", spec.kvLength());
        }
        if (spec.architecture().hasHeadNorms()) {
            vector(prefix + "attn_q_norm.weight", spec.headDim());
            vector(prefix + "attn_k_norm.weight", spec.headDim());
        }
        vector(prefix + "ffn_norm.weight", embedding);
        matrix(prefix + "ffn_gate.weight", embedding, spec.feedForwardLength());
        matrix(prefix + "ffn_up.weight", embedding, spec.feedForwardLength());
        matrix(prefix + "ffn_down.weight", spec.feedForwardLength(), embedding);
        if (spec.architecture().hasPostNorms()) {
            vector(prefix + "post_attention_norm.weight", embedding);
            vector(prefix + "post_ffw_norm.weight", embedding);
        }
    }

    private void matrix(String name, long columns, long rows) {
        shape(name, List.of(columns, rows));
        if (columns % LANES != 0) {
            throw new ModelException(file.path(), name + " has rows of " + columns
                    + " values, not a multiple of 16, which is not supported. Use another model.");
        }
    }

    private void vector(String name, long length) {
        shape(name, List.of(length));
    }

    private void shape(String name, List<Long> wanted) {
        known.add(name);
        GgufTensor tensor = file.find(name).orElseThrow(() -> new ModelException(file.path(), "the tensor " + name
                + " is missing. The file is incomplete: download it again."));
        if (!tensor.shape().equals(wanted)) {
            throw new ModelException(file.path(), "the tensor " + name + " has the shape " + tensor.shape()
                    + " where the metadata asks for " + wanted + ". The file is damaged: download it again.");
        }
    }

    private void refuseBadFrequencies() {
        for (float factor : file.tensor("rope_freqs.weight").values()) {
            if (!(factor > 0) || !Float.isFinite(factor)) {
                throw new ModelException(file.path(), "rope_freqs.weight holds " + factor
                        + ", not a positive number. The file is damaged: download it again.");
            }
        }
    }

    private void checkVocabulary() {
        GgufMetadata metadata = file.metadata();
        if (!metadata.has("tokenizer.ggml.tokens")) {
            return; // no tokenizer: the model can still be fed ids
        }
        int tokens = metadata.strings("tokenizer.ggml.tokens").size();
        if (tokens != spec.vocabularySize()) {
            throw new ModelException(file.path(), "the tokenizer has " + tokens + " tokens but the embedding has "
                    + spec.vocabularySize() + ". The file is damaged: download it again.");
        }
    }
}
