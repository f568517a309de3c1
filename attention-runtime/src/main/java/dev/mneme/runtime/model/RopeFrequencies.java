package dev.mneme.runtime.model;

import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.gguf.GgufTensor;
import java.util.Optional;

/** The angles by which a token turns its queries and keys (Su et al., 2021), before any table is made of them. */
public final class RopeFrequencies {
    private RopeFrequencies() {}

    /**
     * Radians per position of each pair j of a head in one layer: {@code base^(-2j / headDim)}, divided by the
     * layer's linear scale and by {@code rope_freqs.weight} where the file has one (Llama 3.1).
     *
     * @return {@code headDim / 2} values
     */
    public static double[] of(GgufFile file, ModelSpec spec, int layer) {
        LayerSpec layerSpec = spec.layerSpecs().get(layer);
        Optional<float[]> factors = file.find("rope_freqs.weight").map(GgufTensor::values);
        double[] frequencies = new double[spec.headDim() / 2];
        for (int j = 0; j < frequencies.length; j++) {
            double plain = StrictMath.pow(layerSpec.ropeBase(), -2.0 * j / spec.headDim());
            double factor = factors.isPresent() ? factors.get()[j] : 1;
            frequencies[j] = plain / layerSpec.ropeScale() / factor;
        }
        return frequencies;
    }
}
