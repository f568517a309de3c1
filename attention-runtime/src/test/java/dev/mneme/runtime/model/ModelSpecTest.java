package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mneme.runtime.gguf.GgufException;
import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.oracle.OracleFiles;
import dev.mneme.runtime.oracle.TestModels;
import org.junit.jupiter.api.Test;

class ModelSpecTest {
    @Test
    void smollm2IsWhatItsFileSays() {
        try (GgufFile file = GgufFile.open(TestModels.smollm2())) {
            ModelSpec spec = ModelSpec.from(file);
            assertThat(spec.architecture()).isEqualTo(Architecture.LLAMA);
            assertThat(spec.ropePairing()).isEqualTo(RopePairing.ADJACENT);
            assertThat(spec.layers()).isEqualTo(30);
            assertThat(spec.heads()).isEqualTo(9);
            assertThat(spec.kvHeads()).isEqualTo(3);
            assertThat(spec.headDim()).isEqualTo(64);
            assertThat(spec.contextLength()).isEqualTo(8192);
            assertThat(spec.vocabularySize()).isEqualTo(49152);
            assertThat(spec.ropeBase(29)).isEqualTo(100_000);
            assertThat(spec.slidingWindow(29)).isZero();
            assertThat(spec.attentionScale()).isEqualTo(0.125f);
            assertThat(spec.tiedOutput()).isTrue();
        }
    }

    @Test
    void gemma3HasLocalLayersThatItsFileDoesNotMention() {
        try (GgufFile file = GgufFile.open(TestModels.gemma3())) {
            ModelSpec spec = ModelSpec.from(file);
            assertThat(spec.architecture()).isEqualTo(Architecture.GEMMA3);
            assertThat(spec.activation()).isEqualTo(Activation.GELU_TANH);
            assertThat(spec.layers()).isEqualTo(18);
            assertThat(spec.headDim()).isEqualTo(256);
            assertThat(spec.kvLength()).isEqualTo(256);
            assertThat(spec.queryLength()).isEqualTo(1024);
            for (int layer = 0; layer < 18; layer++) {
                boolean global = layer == 5 || layer == 11 || layer == 17;
                assertThat(spec.slidingWindow(layer)).as("layer %d", layer).isEqualTo(global ? 0 : 512);
                assertThat(spec.ropeBase(layer)).as("layer %d", layer).isEqualTo(global ? 1_000_000 : 10_000);
            }
            assertThat(spec.embeddingScale()).isEqualTo((float) Math.sqrt(640));
        }
    }

    @Test
    void llama31DividesItsFrequencies() {
        try (GgufFile file = GgufFile.open(OracleFiles.tinyModel("llama31"))) {
            double[] frequencies = RopeFrequencies.of(file, ModelSpec.from(file), 0);
            float[] factors = file.tensor("rope_freqs.weight").values();
            assertThat(frequencies).hasSize(16);
            assertThat(frequencies[0]).isEqualTo(1 / (double) factors[0]);
            assertThat(frequencies[15]).isCloseTo(Math.pow(500_000, -30 / 32.0) / factors[15], within(1e-18));
        }
    }

    @Test
    void everyTinyModelIsAccepted() {
        for (String name : new String[] {"llama", "llama31", "qwen2", "qwen3", "gemma3", "type-bf16", "type-q6_k"}) {
            try (GgufFile file = GgufFile.open(OracleFiles.tinyModel(name))) {
                ModelSpec spec = ModelSpec.from(file);
                assertThat(spec.headDim()).as(name).isEqualTo(32);
                assertThat(spec.vocabularySize()).as(name).isEqualTo(512);
            }
        }
    }

    @Test
    void whatCannotBeComputedIsRefusedByName() {
        refused(draft().set("general.architecture", "mamba"), "architecture 'mamba' is not supported", "qwen3");
        refused(draft().set("llama.expert_count", 8), "mixture of experts");
        refused(draft().set("llama.rope.scaling.type", "yarn"), "position scaling 'yarn'");
        refused(draft().set("llama.rope.dimension_count", 8), "turning only a part of each head");
        refused(draft().set("llama.attention.value_length", 32), "values of another length");
        refused(draft().set("llama.attention.key_length", 24), "heads of 24 values, not a multiple of 16");
    }

    @Test
    void numbersThatDoNotAgreeAreRefusedByName() {
        refused(draft().set("llama.attention.head_count_kv", 3), "2 query heads cannot share 3 KV heads");
        refused(draft().set("llama.attention.head_count", 0), "it is 0, not 1 to");
        refused(draft().set("llama.attention.head_count", 5), "32 values cannot be cut into 5 heads");
        refused(draft().set("llama.block_count", 100_000), "it is 100000, not 1 to 1024");
        refused(draft().set("llama.block_count", 2), "tensor blk.1.attn_norm.weight is missing");
        refused(draft().set("llama.context_length", 0), "llama.context_length");
        refused(draft().set("llama.attention.layer_norm_rms_epsilon", Float.NaN), "NaN, not a positive number");
        refused(draft().set("llama.attention.layer_norm_rms_epsilon", 0f), "0.0, not a positive number");
        refused(draft().set("llama.rope.freq_base", Float.POSITIVE_INFINITY), "Infinity, not a positive number");
        refused(draft().set("llama.rope.scaling.factor", -2f), "-2.0, not a positive number");
        refused(draft().set("llama.feed_forward_length", 64), "blk.0.ffn_gate.weight has the shape [32, 48]");
    }

    @Test
    void tensorsThatAreMissingOrLeftOverAreRefusedByName() {
        refused(draft().without("output_norm.weight"), "tensor output_norm.weight is missing");
        refused(draft().without("blk.0.attn_v.weight"), "tensor blk.0.attn_v.weight is missing");
        refused(draft().tensor("blk.0.attn_q.bias", 32), "blk.0.attn_q.bias has no place in a llama model");
        refused(draft().tensor("blk.1.attn_norm.weight", 32), "blk.1.attn_norm.weight has no place");
        refused(draft().tensor("blk.0.attn_q.weight", 32, 16), "the shape [32, 16] where the metadata asks for [32, 32]");
        refused(draft().tensor("blk.0.attn_norm.weight", 32, 1), "the shape [32, 1]");
        refused(draft().tensor("rope_freqs.weight", 8), "rope_freqs.weight holds 0.0");
        refused(
                draft().set("llama.feed_forward_length", 40)
                        .tensor("blk.0.ffn_gate.weight", 32, 40)
                        .tensor("blk.0.ffn_up.weight", 32, 40)
                        .tensor("blk.0.ffn_down.weight", 40, 32),
                "blk.0.ffn_down.weight has rows of 40 values, not a multiple of 16");
    }

    @Test
    void whatTheFileDoesNotSayIsAGgufError() {
        assertThatThrownBy(() -> ModelSpec.from(draft().without("token_embd.weight").read()))
                .isInstanceOf(GgufException.class).hasMessageContaining("token_embd.weight");
        assertThatThrownBy(() -> ModelSpec.from(draft().set("llama.block_count", "many").read()))
                .isInstanceOf(GgufException.class).hasMessageContaining("llama.block_count: is a string");
    }

    @Test
    void theDraftItselfIsAModel() {
        ModelSpec spec = ModelSpec.from(draft().read());
        assertThat(spec.kvHeads()).isEqualTo(2);
        assertThat(spec.layerSpecs()).containsExactly(new LayerSpec(10_000, 1, 0));
        assertThat(ModelSpec.from(draft().tensor("output.weight", 32, 4).read()).tiedOutput()).isFalse();
        assertThat(ModelSpec.from(draft().set("llama.rope.scaling.factor", 4f).read()).layerSpecs())
                .containsExactly(new LayerSpec(10_000, 4, 0));
    }

    private static void refused(ModelDraft draft, String... why) {
        assertThatThrownBy(() -> ModelSpec.from(draft.read()))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(why)
                .hasMessageContaining("memory.gguf");
    }

    /** The smallest llama file, to be spoiled: 1 layer, 2 heads of 16, feed-forward 48, 4 tokens, zero weights. */
    private static ModelDraft draft() {
        return new ModelDraft()
                .set("general.architecture", "llama")
                .set("llama.block_count", 1)
                .set("llama.embedding_length", 32)
                .set("llama.feed_forward_length", 48)
                .set("llama.attention.head_count", 2)
                .set("llama.context_length", 64)
                .set("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .tensor("token_embd.weight", 32, 4)
                .tensor("output_norm.weight", 32)
                .tensor("blk.0.attn_norm.weight", 32)
                .tensor("blk.0.attn_q.weight", 32, 32)
                .tensor("blk.0.attn_k.weight", 32, 32)
                .tensor("blk.0.attn_v.weight", 32, 32)
                .tensor("blk.0.attn_output.weight", 32, 32)
                .tensor("blk.0.ffn_norm.weight", 32)
                .tensor("blk.0.ffn_gate.weight", 32, 48)
                .tensor("blk.0.ffn_up.weight", 32, 48)
                .tensor("blk.0.ffn_down.weight", 48, 32);
    }
}
