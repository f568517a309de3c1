package dev.mneme.runtime.model;

import dev.mneme.runtime.compute.ComputePool;
import dev.mneme.runtime.model.MatmulStage.Product;

/** The stages of one layer, in order; a barrier lies between any two. */
record LayerStages(
        MatmulStage projections,
        RowStage heads,
        SealingStage sealing,
        RetrievalStages retrieval,
        MassStage mass,
        CaptureStage capture,
        AttentionStage attention,
        MatmulStage attentionOutput,
        RowStage afterAttention,
        GateUpStage gateUp,
        MatmulStage down,
        RowStage afterFeedForward) {

    static LayerStages of(PassState state, int layer) {
        LayerWeights weights = state.weights.layers().get(layer);
        Activations activations = state.activations;
        boolean last = layer == state.spec.layers() - 1;
        float[] nextNorm = last ? state.weights.outputNorm() : state.weights.layers().get(layer + 1).attentionNorm();
        return new LayerStages(
                new MatmulStage(state, activations.normed,
                        new Product(weights.query(), activations.queries),
                        new Product(weights.key(), activations.keys),
                        new Product(weights.value(), activations.values)),
                new RowStage(state, new HeadRows(state, layer)),
                new SealingStage(state, layer),
                new RetrievalStages(state, layer),
                new MassStage(state, layer),
                new CaptureStage(state, layer),
                new AttentionStage(state, layer),
                new MatmulStage(state, activations.attended, new Product(weights.output(), activations.delta)),
                new RowStage(state, new ResidualRows(state, weights.postAttentionNorm(), weights.feedForwardNorm())),
                new GateUpStage(state, weights),
                new MatmulStage(state, activations.gate, new Product(weights.down(), activations.delta)),
                new RowStage(state, new ResidualRows(state, weights.postFeedForwardNorm(), nextNorm)));
    }

    /** First part: queries, keys and values of the step's tokens, written to their blocks, and choices of blocks. */
    void project(ComputePool pool) {
        projections.run(pool);
        pool.run(heads);
        pool.run(sealing);
        retrieval.run(pool);
        mass.run(pool);
        capture.run(pool);
    }

    /** Second part: attention and the feed-forward block. */
    void transform(ComputePool pool) {
        pool.run(attention);
        pool.run(attention.merging);
        attentionOutput.run(pool);
        pool.run(afterAttention);
        gateUp.run(pool);
        down.run(pool);
        pool.run(afterFeedForward);
    }
}
