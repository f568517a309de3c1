package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.oracle.SessionInMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Models of any shape and any option give the logits of a float64 program: also what no model in the reference data
 * has, such as soft caps, linear position scaling, other head sizes, and sizes that fit no tile.
 */
class AnyShapeTest {
    private static final double LIMIT = 1e-3;

    @Property(tries = 60)
    void logitsAreThoseOfTheTextbook(@ForAll Architecture architecture, @ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Path path = Files.createTempFile("shape", ".gguf");
        try {
            Files.write(path, draft(architecture, random).bytes());
            compare(path, random);
        } finally {
            Files.delete(path);
        }
    }

    private static void compare(Path path, Random random) {
        try (GgufFile file = GgufFile.open(path);
                LanguageModel model = LanguageModel.open(path, new RuntimeOptions(Backend.VECTOR, 1));
                ForwardPass pass = model.newForwardPass();
                SessionInMemory session = new SessionInMemory(model.kvLayout(KvFormat.F32))) {
            ReferencePass reference = new ReferencePass(file);
            int[] ids = random.ints(random.nextInt(1, 150), 0, model.spec().vocabularySize()).toArray();
            pass.run(List.of(session.next(ids, 0, (offset, logits) -> {
                double[] expected = reference.next(ids[offset]);
                for (int id = 0; id < expected.length; id++) {
                    assertThat((double) logits[id])
                            .as("%s, token %d of %d, id %d", model.spec(), offset, ids.length, id)
                            .isCloseTo(expected[id], within(LIMIT));
                }
            })));
        }
    }

    /** A small model of this architecture with random numbers in random shapes. */
    static ModelDraft draft(Architecture architecture, Random random) {
        return draft(architecture, random, 16 * random.nextInt(1, 5));
    }

    static ModelDraft draft(Architecture architecture, Random random, int headDim) {
        int layers = random.nextInt(1, 4) + (architecture == Architecture.GEMMA3 ? 4 : 0);
        int kvHeads = random.nextInt(1, 4);
        int heads = kvHeads * random.nextInt(1, 4);
        int embedding = 16 * random.nextInt(1, 6);
        int feedForward = 16 * random.nextInt(1, 7);
        int vocabulary = random.nextInt(3, 70);
        String prefix = architecture.ggufName() + ".";
        ModelDraft draft = new ModelDraft()
                .set("general.architecture", architecture.ggufName())
                .set(prefix + "block_count", layers)
                .set(prefix + "embedding_length", embedding)
                .set(prefix + "feed_forward_length", feedForward)
                .set(prefix + "attention.head_count", heads)
                .set(prefix + "attention.head_count_kv", kvHeads)
                .set(prefix + "attention.key_length", headDim)
                .set(prefix + "attention.value_length", headDim)
                .set(prefix + "context_length", 256)
                .set(prefix + "attention.layer_norm_rms_epsilon", 1e-5f)
                .set(prefix + "rope.freq_base", random.nextBoolean() ? 10_000f : 500_000f);
        options(architecture, random, prefix, draft);
        matrix(draft, random, "token_embd.weight", embedding, vocabulary);
        if (random.nextBoolean()) {
            matrix(draft, random, "output.weight", embedding, vocabulary);
        }
        vector(draft, random, "output_norm.weight", embedding);
        if (architecture == Architecture.LLAMA && random.nextBoolean()) {
            vector(draft, random, "rope_freqs.weight", headDim / 2);
        }
        for (int layer = 0; layer < layers; layer++) {
            String block = "blk." + layer + ".";
            vector(draft, random, block + "attn_norm.weight", embedding);
            projection(draft, random, architecture, block + "attn_q", embedding, heads * headDim);
            projection(draft, random, architecture, block + "attn_k", embedding, kvHeads * headDim);
            projection(draft, random, architecture, block + "attn_v", embedding, kvHeads * headDim);
            matrix(draft, random, block + "attn_output.weight", heads * headDim, embedding);
            if (architecture.hasHeadNorms()) {
                vector(draft, random, block + "attn_q_norm.weight", headDim);
                vector(draft, random, block + "attn_k_norm.weight", headDim);
            }
            vector(draft, random, block + "ffn_norm.weight", embedding);
            matrix(draft, random, block + "ffn_gate.weight", embedding, feedForward);
            matrix(draft, random, block + "ffn_up.weight", embedding, feedForward);
            matrix(draft, random, block + "ffn_down.weight", feedForward, embedding);
            if (architecture.hasPostNorms()) {
                vector(draft, random, block + "post_attention_norm.weight", embedding);
                vector(draft, random, block + "post_ffw_norm.weight", embedding);
            }
        }
        return draft;
    }

    private static void options(Architecture architecture, Random random, String prefix, ModelDraft draft) {
        if (random.nextBoolean()) {
            draft.set(prefix + "rope.scaling.factor", random.nextFloat(1, 8));
        }
        if (random.nextBoolean()) {
            draft.set(prefix + "attn_logit_softcapping", random.nextFloat(0.5f, 5));
        }
        if (random.nextBoolean()) {
            draft.set(prefix + "final_logit_softcapping", random.nextFloat(1, 30));
        }
        if (architecture == Architecture.GEMMA3) {
            draft.set(prefix + "attention.sliding_window", random.nextInt(1, 140));
        }
    }

    private static void projection(
            ModelDraft draft, Random random, Architecture architecture, String name, int columns, int rows) {
        matrix(draft, random, name + ".weight", columns, rows);
        if (architecture.hasAttentionBiases()) {
            vector(draft, random, name + ".bias", rows);
        }
    }

    private static void matrix(ModelDraft draft, Random random, String name, int columns, int rows) {
        float[] values = new float[columns * rows];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * 1.5 / Math.sqrt(columns));
        }
        draft.tensor(name, values, columns, rows);
    }

    private static void vector(ModelDraft draft, Random random, String name, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat(0.5f, 2);
        }
        draft.tensor(name, values, length);
    }
}
