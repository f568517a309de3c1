package dev.mneme.runtime.model;

import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.gguf.GgufTensor;
import dev.mneme.runtime.kernel.WeightMatrix;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** All weights of a model. The file must stay open. */
record ModelWeights(GgufTensor embedding, List<LayerWeights> layers, float[] outputNorm, WeightMatrix output) {
    static ModelWeights of(GgufFile file, ModelSpec spec) {
        return new ModelWeights(
                file.tensor("token_embd.weight"),
                IntStream.range(0, spec.layers()).mapToObj(layer -> LayerWeights.of(file, layer)).toList(),
                file.tensor("output_norm.weight").values(),
                new WeightMatrix(file.tensor(spec.tiedOutput() ? "token_embd.weight" : "output.weight")));
    }

    /** The matrices that steps multiply with, in the order of use. */
    List<WeightMatrix> matrices() {
        return Stream.concat(layers.stream().flatMap(LayerWeights::matrices), Stream.of(output)).toList();
    }
}
