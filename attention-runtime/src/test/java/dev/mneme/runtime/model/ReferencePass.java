package dev.mneme.runtime.model;

import dev.mneme.runtime.gguf.GgufFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The forward pass as a textbook has it: float64, one token at a time, true distances, no blocks. It shares the spec
 * with the runtime, and nothing else.
 */
final class ReferencePass {
    private final GgufFile file;
    private final ModelSpec spec;
    private final Map<String, float[]> tensors = new HashMap<>();
    private final List<List<double[]>> keys = new ArrayList<>();
    private final List<List<double[]>> values = new ArrayList<>();
    /** By position, what the last token's global layers attended: the sum over layers and heads. */
    private double[] mass = new double[0];

    ReferencePass(GgufFile file) {
        this.file = file;
        this.spec = ModelSpec.from(file);
        for (int layer = 0; layer < spec.layers(); layer++) {
            keys.add(new ArrayList<>());
            values.add(new ArrayList<>());
        }
    }

    /** The logits after one more token. */
    double[] next(int token) {
        mass = new double[keys.getFirst().size() + 1];
        float[] embeddings = tensor("token_embd.weight");
        double[] x = new double[spec.embeddingLength()];
        for (int i = 0; i < x.length; i++) {
            x[i] = (double) embeddings[token * x.length + i] * Math.sqrt(gemma() ? x.length : 1);
        }
        for (int layer = 0; layer < spec.layers(); layer++) {
            String prefix = "blk." + layer + ".";
            double[] attended = attention(prefix, layer, norm(prefix + "attn_norm.weight", x));
            add(x, gemma() ? norm(prefix + "post_attention_norm.weight", attended) : attended);
            double[] fed = feedForward(prefix, norm(prefix + "ffn_norm.weight", x));
            add(x, gemma() ? norm(prefix + "post_ffw_norm.weight", fed) : fed);
        }
        String output = file.find("output.weight").isPresent() ? "output.weight" : "token_embd.weight";
        double[] logits = multiply(output, norm("output_norm.weight", x));
        for (int i = 0; i < logits.length; i++) {
            logits[i] = cap(logits[i], spec.finalLogitSoftcap());
        }
        return logits;
    }

    /** Which part of its attention the last token gave to positions {@code [from, to)}, in the global layers. */
    double share(int from, int to) {
        return Arrays.stream(mass, from, to).sum() / Arrays.stream(mass).sum();
    }

    private boolean gemma() {
        return spec.architecture() == Architecture.GEMMA3;
    }

    private double[] attention(String prefix, int layer, double[] h) {
        int dim = spec.headDim();
        double[] q = project(prefix + "attn_q", h);
        double[] k = project(prefix + "attn_k", h);
        int position = keys.get(layer).size();
        normAndTurn(prefix + "attn_q_norm.weight", q, layer, position);
        normAndTurn(prefix + "attn_k_norm.weight", k, layer, position);
        keys.get(layer).add(k);
        values.get(layer).add(project(prefix + "attn_v", h));
        double[] out = new double[q.length];
        int window = spec.slidingWindow(layer);
        int from = window == 0 ? 0 : Math.max(0, position - window + 1);
        for (int head = 0; head < spec.heads(); head++) {
            int kv = head / (spec.heads() / spec.kvHeads());
            double[] weights = new double[position + 1];
            double sum = 0;
            for (int t = from; t <= position; t++) {
                double score = 0;
                for (int d = 0; d < dim; d++) {
                    score += q[head * dim + d] * keys.get(layer).get(t)[kv * dim + d];
                }
                weights[t] = Math.exp(cap(score / Math.sqrt(dim), spec.attentionSoftcap()));
                sum += weights[t];
            }
            for (int t = from; t <= position; t++) {
                if (window == 0) {
                    mass[t] += weights[t] / sum;
                }
                for (int d = 0; d < dim; d++) {
                    out[head * dim + d] += weights[t] / sum * values.get(layer).get(t)[kv * dim + d];
                }
            }
        }
        return multiply(prefix + "attn_output.weight", out);
    }

    private double[] feedForward(String prefix, double[] h) {
        double[] gate = multiply(prefix + "ffn_gate.weight", h);
        double[] up = multiply(prefix + "ffn_up.weight", h);
        for (int i = 0; i < gate.length; i++) {
            double g = gate[i];
            double activated = gemma()
                    ? 0.5 * g * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (g + 0.044715 * g * g * g)))
                    : g / (1 + Math.exp(-g));
            up[i] *= activated;
        }
        return multiply(prefix + "ffn_down.weight", up);
    }

    private double[] project(String name, double[] h) {
        double[] projected = multiply(name + ".weight", h);
        if (file.find(name + ".bias").isPresent()) {
            float[] bias = tensor(name + ".bias");
            for (int i = 0; i < projected.length; i++) {
                projected[i] += bias[i];
            }
        }
        return projected;
    }

    private void normAndTurn(String normName, double[] heads, int layer, int position) {
        int dim = spec.headDim();
        int half = dim / 2;
        for (int head = 0; head < heads.length / dim; head++) {
            double[] one = Arrays.copyOfRange(heads, head * dim, (head + 1) * dim);
            if (file.find(normName).isPresent()) {
                one = norm(normName, one);
            }
            for (int j = 0; j < half; j++) {
                double angle = position * Math.pow(spec.ropeBase(layer), -2.0 * j / dim)
                        / spec.layerSpecs().get(layer).ropeScale();
                if (file.find("rope_freqs.weight").isPresent()) {
                    angle /= tensor("rope_freqs.weight")[j];
                }
                boolean adjacent = spec.architecture() == Architecture.LLAMA;
                int first = adjacent ? 2 * j : j;
                int second = adjacent ? 2 * j + 1 : j + half;
                heads[head * dim + first] = one[first] * Math.cos(angle) - one[second] * Math.sin(angle);
                heads[head * dim + second] = one[first] * Math.sin(angle) + one[second] * Math.cos(angle);
            }
        }
    }

    private double[] norm(String name, double[] x) {
        double squares = 0;
        for (double value : x) {
            squares += value * value;
        }
        double scale = 1 / Math.sqrt(squares / x.length + spec.rmsEpsilon());
        double[] normed = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            normed[i] = x[i] * scale * tensor(name)[i];
        }
        return normed;
    }

    private double[] multiply(String name, double[] x) {
        float[] matrix = tensor(name);
        double[] product = new double[matrix.length / x.length];
        for (int row = 0; row < product.length; row++) {
            for (int i = 0; i < x.length; i++) {
                product[row] += matrix[row * x.length + i] * x[i];
            }
        }
        return product;
    }

    private float[] tensor(String name) {
        return tensors.computeIfAbsent(name, absent -> file.tensor(absent).values());
    }

    private static double cap(double value, double cap) {
        return cap == 0 ? value : cap * Math.tanh(value / cap);
    }

    private static void add(double[] x, double[] more) {
        for (int i = 0; i < x.length; i++) {
            x[i] += more[i];
        }
    }
}
