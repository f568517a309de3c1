package dev.mneme.runtime.model;

import dev.mneme.runtime.compute.ComputePool;
import java.util.List;
import java.util.stream.IntStream;

/** Computes on the CPU: stage after stage, each shared out among compute threads. */
final class HostComputation implements StepComputation {
    private final PassState state;
    private final ComputePool pool;
    private final RowStage embedding;
    private final List<LayerStages> layers;
    private final OutputLayer output;

    HostComputation(PassState state) {
        this.state = state;
        embedding = new RowStage(state, new EmbeddingRows(state, state.weights.layers().getFirst().attentionNorm()));
        layers = IntStream.range(0, state.spec.layers()).mapToObj(layer -> LayerStages.of(state, layer)).toList();
        output = new OutputLayer(state);
        pool = new ComputePool(state.workers.length, "mneme-compute");
    }

    @Override
    public void run(Step step) {
        state.begin(step);
        pool.run(embedding);
        int last = layers.size() - 1;
        for (int layer = 0; layer < last; layer++) {
            layers.get(layer).project(pool);
            layers.get(layer).transform(pool);
        }
        layers.get(last).project(pool);
        state.mass.tokens().forEach(StepMass.Recorded::finish);
        Step wanted = step.wanted();
        if (wanted.rows() == 0) {
            return; // all keys and values are there; nobody looks at the last layer's outputs
        }
        if (wanted != step) {
            state.narrow(wanted);
        }
        layers.get(last).transform(pool);
        output.run(pool);
    }

    @Override
    public void close() {
        pool.close();
    }
}
