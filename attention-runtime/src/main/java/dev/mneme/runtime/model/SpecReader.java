package dev.mneme.runtime.model;

import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.gguf.GgufMetadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Metadata to {@link ModelSpec}: keys, defaults and limits. */
final class SpecReader {
    private static final int MOST_LAYERS = 1_024;
    private static final int LONGEST = 1 << 24;

    /** Gemma 3: every sixth layer is global, the others are local (technical report, 2025). Files leave this out. */
    private static final int GEMMA3_PERIOD = 6;

    private static final float GEMMA3_LOCAL_ROPE_BASE = 10_000f;

    /** The one size of Gemma 3 (27B) whose queries are scaled by hidden / heads and not by the head's length. */
    private static final int GEMMA3_27B_LAYERS = 62;

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final Architecture architecture;

    SpecReader(GgufFile file) {
        this.file = file;
        this.metadata = file.metadata();
        String name = metadata.string("general.architecture");
        this.architecture = Architecture.ofGgufName(name).orElseThrow(() -> new ModelException(file.path(),
                "the architecture '" + name + "' is not supported. Use a model of one of "
                        + Arrays.stream(Architecture.values()).map(Architecture::ggufName).toList() + "."));
    }

    ModelSpec read() {
        refuseExperts();
        int layers = size("block_count", MOST_LAYERS);
        int embedding = size("embedding_length", LONGEST);
        int heads = size("attention.head_count", LONGEST);
        int kvHeads = metadata.has(key("attention.head_count_kv")) ? size("attention.head_count_kv", LONGEST) : heads;
        if (heads % kvHeads != 0) {
            throw damaged("attention.head_count", heads + " query heads cannot share " + kvHeads + " KV heads evenly");
        }
        int headDim = headDim(embedding, heads);
        return new ModelSpec(
                architecture,
                layerSpecs(layers),
                embedding,
                size("feed_forward_length", LONGEST),
                heads,
                kvHeads,
                headDim,
                file.tensor("token_embd.weight").rows(),
                size("context_length", Integer.MAX_VALUE),
                positive("attention.layer_norm_rms_epsilon", metadata.number(key("attention.layer_norm_rms_epsilon"))),
                architecture == Architecture.GEMMA3 ? (float) Math.sqrt(embedding) : 1f,
                attentionScale(layers, embedding, heads, headDim),
                softcap("attn_logit_softcapping"),
                softcap("final_logit_softcapping"),
                file.find("output.weight").isEmpty());
    }

    private void refuseExperts() {
        if (metadata.integerOr(key("expert_count"), 0) != 0) {
            throw new ModelException(file.path(), "the model is a mixture of experts, which is not supported."
                    + " Use a dense model.");
        }
    }

    private int headDim(int embedding, int heads) {
        if (!metadata.has(key("attention.key_length")) && embedding % heads != 0) {
            throw damaged("embedding_length", embedding + " values cannot be cut into " + heads + " heads");
        }
        int headDim = metadata.integerOr(key("attention.key_length"), embedding / heads);
        if (headDim < 16 || headDim > 4_096 || headDim % 16 != 0) {
            throw unsupported("attention.key_length", "heads of " + headDim + " values, not a multiple of 16 up to 4096");
        }
        if (metadata.integerOr(key("attention.value_length"), headDim) != headDim) {
            throw unsupported("attention.value_length", "values of another length than keys");
        }
        if (metadata.integerOr(key("rope.dimension_count"), headDim) != headDim) {
            throw unsupported("rope.dimension_count", "turning only a part of each head");
        }
        return headDim;
    }

    private List<LayerSpec> layerSpecs(int layers) {
        double base = positive("rope.freq_base", metadata.numberOr(key("rope.freq_base"), 10_000f));
        LayerSpec global = new LayerSpec(base, ropeScale(), 0);
        List<LayerSpec> specs = new ArrayList<>(layers);
        if (architecture != Architecture.GEMMA3) {
            for (int layer = 0; layer < layers; layer++) {
                specs.add(global);
            }
            return List.copyOf(specs);
        }
        float localBase = metadata.numberOr(key("rope.freq_base_swa"), GEMMA3_LOCAL_ROPE_BASE);
        LayerSpec local = new LayerSpec(
                positive("rope.freq_base_swa", localBase), 1, size("attention.sliding_window", Integer.MAX_VALUE));
        int period = metadata.integerOr(key("attention.sliding_window_pattern"), GEMMA3_PERIOD);
        if (period < 1) {
            throw damaged("attention.sliding_window_pattern", "it is " + period);
        }
        for (int layer = 0; layer < layers; layer++) {
            specs.add((layer + 1) % period == 0 ? global : local);
        }
        return List.copyOf(specs);
    }

    private double ropeScale() {
        String type = metadata.stringOr(key("rope.scaling.type"), "linear");
        return switch (type) {
            case "none" -> 1;
            case "linear" -> {
                float older = metadata.numberOr(key("rope.scale_linear"), 1f);
                float factor = metadata.numberOr(key("rope.scaling.factor"), older);
                yield factor == 0 ? 1 : positive("rope.scaling.factor", factor);
            }
            default -> throw unsupported("rope.scaling.type", "the position scaling '" + type + "'");
        };
    }

    private float attentionScale(int layers, int embedding, int heads, int headDim) {
        boolean byHidden = architecture == Architecture.GEMMA3 && layers == GEMMA3_27B_LAYERS;
        return (float) (1 / Math.sqrt(byHidden ? (double) embedding / heads : headDim));
    }

    private float softcap(String suffix) {
        float cap = metadata.numberOr(key(suffix), 0f);
        return cap == 0 ? 0 : positive(suffix, cap);
    }

    private String key(String suffix) {
        return architecture.ggufName() + "." + suffix;
    }

    private int size(String suffix, int most) {
        int value = metadata.integer(key(suffix));
        if (value < 1 || value > most) {
            throw damaged(suffix, "it is " + value + ", not 1 to " + most);
        }
        return value;
    }

    private float positive(String suffix, float value) {
        if (!(value > 0) || !Float.isFinite(value)) {
            throw damaged(suffix, "it is " + value + ", not a positive number");
        }
        return value;
    }

    private ModelException damaged(String suffix, String problem) {
        return new ModelException(file.path(), key(suffix) + ": " + problem
                + ". The file is damaged: download it again.");
    }

    private ModelException unsupported(String suffix, String what) {
        return new ModelException(file.path(), key(suffix) + " asks for " + what
                + ", which is not supported. Use another model.");
    }
}
