package dev.mneme.runtime.model;

import dev.mneme.runtime.gguf.GgufFile;
import java.util.List;

/**
 * The shape and constants of a model, as its file gives them. Lengths count values, positions and windows count
 * tokens. An instance from {@link #from(GgufFile)} agrees with the tensors of the file: all are there, in these
 * shapes, and none is left over.
 *
 * @param architecture the model family
 * @param layerSpecs one entry a layer
 * @param embeddingLength width of the residual stream
 * @param feedForwardLength width of the feed-forward block
 * @param heads query heads
 * @param kvHeads key/value heads; query head h uses KV head {@code h / (heads / kvHeads)}
 * @param headDim length of one head, a multiple of 16
 * @param vocabularySize token ids
 * @param contextLength the window T that the model was trained for
 * @param rmsEpsilon added to the mean square in norms
 * @param embeddingScale what a token's embedding is multiplied by
 * @param attentionScale what a query is multiplied by
 * @param attentionSoftcap c in {@code c · tanh(score / c)}; 0 for none
 * @param finalLogitSoftcap the same for logits; 0 for none
 * @param tiedOutput whether logits come from {@code token_embd.weight} for want of an {@code output.weight}
 */
public record ModelSpec(
        Architecture architecture,
        List<LayerSpec> layerSpecs,
        int embeddingLength,
        int feedForwardLength,
        int heads,
        int kvHeads,
        int headDim,
        int vocabularySize,
        int contextLength,
        float rmsEpsilon,
        float embeddingScale,
        float attentionScale,
        float attentionSoftcap,
        float finalLogitSoftcap,
        boolean tiedOutput) {

    /**
     * Reads and checks what a file says about its model.
     *
     * @throws ModelException if the model is of an unsupported kind, or its numbers and tensors do not agree
     * @throws dev.mneme.runtime.gguf.GgufException if a key is missing or has the wrong type
     */
    public static ModelSpec from(GgufFile file) {
        ModelSpec spec = new SpecReader(file).read();
        new TensorCheck(file, spec).run();
        return spec;
    }

    /** Number of layers. */
    public int layers() {
        return layerSpecs.size();
    }

    /** Base of the rotary frequencies in this layer. */
    public double ropeBase(int layer) {
        return layerSpecs.get(layer).ropeBase();
    }

    /** Tokens that a token sees in this layer, itself included; 0 = all. */
    public int slidingWindow(int layer) {
        return layerSpecs.get(layer).window();
    }

    /** Which dimensions of a head turn together. */
    public RopePairing ropePairing() {
        return architecture.ropePairing();
    }

    /** The feed-forward gate's function. */
    public Activation activation() {
        return architecture.activation();
    }

    /** Length of all query heads together. */
    public int queryLength() {
        return heads * headDim;
    }

    /** Length of all key (or value) heads together. */
    public int kvLength() {
        return kvHeads * headDim;
    }
}
