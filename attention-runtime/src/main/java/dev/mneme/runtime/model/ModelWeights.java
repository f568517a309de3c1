package dev.mneme.runtime.model;

import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.gguf.GgufTensor;
import java.util.List;
import java.util.stream.IntStream;

/** All weights of a model. The file must stay open. */
record ModelWeights(GgufTensor embedding, List<LayerWeights> layers, float[] outputNorm, GgufTensor output) {
    static ModelWeights of(GgufFile file, ModelSpec spec) {
        return new ModelWeights(
                file.tensor("token_embd.weight"),
                IntStream.range(0, spec.layers()).mapToObj(layer -> LayerWeights.of(file, layer)).toList(),
                file.tensor("output_norm.weight").values(),
                file.tensor(spec.tiedOutput() ? "token_embd.weight" : "output.weight"));
    }
}
