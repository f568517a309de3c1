package dev.mneme.runtime.model;

import dev.mneme.runtime.gguf.GgufFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The forward pass as a textbook has it: float64, one token at a time, true distances and no blocks where nothing else is
 * said. It shares the spec with the runtime, and nothing else.
 */
final class ReferencePass {
    private final GgufFile file;
    private final ModelSpec spec;
    private final Map<String, float[]> tensors = new HashMap<>();
    private final List<List<double[]>> keys = new ArrayList<>();
    private final List<List<double[]>> values = new ArrayList<>();
    /** By position, what the last token's global layers attended: the sum over layers and heads. */
    private double[] mass = new double[0];
    /** By layer, which part of attention to all blocks the last token's plans hold: the sum over heads. */
    private double[] captured = new double[0];

    ReferencePass(GgufFile file) {
        this.file = file;
        this.spec = ModelSpec.from(file);
        for (int layer = 0; layer < spec.layers(); layer++) {
            keys.add(new ArrayList<>());
            values.add(new ArrayList<>());
        }
    }

    /** The logits after one more token that attends to all there is. */
    double[] next(int token) {
        ReferencePlan dense = ReferencePlan.dense(keys.getFirst().size());
        return next(token, (_, _) -> dense);
    }

    /** The logits after one more token with these plans in its global layers. */
    double[] next(int token, ReferencePlan.Plans plans) {
        mass = new double[keys.getFirst().size() + 1];
        captured = new double[spec.layers()];
        float[] embeddings = tensor("token_embd.weight");
        double[] x = new double[spec.embeddingLength()];
        for (int i = 0; i < x.length; i++) {
            x[i] = (double) embeddings[token * x.length + i] * Math.sqrt(gemma() ? x.length : 1);
        }
        for (int layer = 0; layer < spec.layers(); layer++) {
            String prefix = "blk." + layer + ".";
            double[] attended = attention(prefix, layer, plans, norm(prefix + "attn_norm.weight", x));
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

    /** Which part of a layer's attention to all blocks lies in those of the last token's plans, the mean over heads. */
    double captured(int layer) {
        return captured[layer] / spec.heads();
    }

    private boolean gemma() {
        return spec.architecture() == Architecture.GEMMA3;
    }

    private double[] attention(String prefix, int layer, ReferencePlan.Plans plans, double[] h) {
        int dim = spec.headDim();
        int position = keys.get(layer).size();
        double[] q = normed(prefix + "attn_q_norm.weight", project(prefix + "attn_q", h));
        double[] k = normed(prefix + "attn_k_norm.weight", project(prefix + "attn_k", h));
        keys.get(layer).add(turned(k, layer, position));
        values.get(layer).add(project(prefix + "attn_v", h));
        double[] out = new double[q.length];
        boolean global = spec.slidingWindow(layer) == 0;
        for (int head = 0; head < spec.heads(); head++) {
            int kv = head / (spec.heads() / spec.kvHeads());
            double[] one = Arrays.copyOfRange(q, head * dim, (head + 1) * dim);
            ReferencePlan plan = global ? plans.of(layer, kv) : ReferencePlan.dense(position);
            double[] weights = weights(one, layer, kv, plan.attended());
            double sum = Arrays.stream(weights).sum();
            for (int t = 0; t <= position; t++) {
                if (global) {
                    mass[t] += weights[t] / sum;
                }
                for (int d = 0; d < dim; d++) {
                    out[head * dim + d] += weights[t] / sum * values.get(layer).get(t)[kv * dim + d];
                }
            }
            captured[layer] += share(weights(one, layer, kv, plan.all()), plan.attended());
        }
        return multiply(prefix + "attn_output.weight", out);
    }

    /** What a head's query gives to each position; nothing outside its blocks and its layer's window. */
    private double[] weights(double[] query, int layer, int kv, Map<Integer, Integer> blocks) {
        int dim = spec.headDim();
        int position = keys.get(layer).size() - 1;
        int window = spec.slidingWindow(layer);
        double[] weights = new double[position + 1];
        blocks.forEach((block, from) -> {
            double[] turned = turned(query, layer, from);
            for (int t = 64 * block; t <= Math.min(position, 64 * block + 63); t++) {
                double score = 0;
                for (int d = 0; d < dim; d++) {
                    score += turned[d] * keys.get(layer).get(t)[kv * dim + d];
                }
                boolean seen = window == 0 || t > position - window;
                weights[t] = seen ? Math.exp(cap(score / Math.sqrt(dim), spec.attentionSoftcap())) : 0;
            }
        });
        return weights;
    }

    private static double share(double[] weights, Map<Integer, Integer> blocks) {
        double within = IntStream.range(0, weights.length).filter(t -> blocks.containsKey(t / 64)).mapToDouble(t -> weights[t]).sum();
        return within / Arrays.stream(weights).sum();
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

    private double[] normed(String normName, double[] heads) {
        int dim = spec.headDim();
        if (file.find(normName).isPresent()) {
            for (int head = 0; head < heads.length; head += dim) {
                System.arraycopy(norm(normName, Arrays.copyOfRange(heads, head, head + dim)), 0, heads, head, dim);
            }
        }
        return heads;
    }

    private double[] turned(double[] heads, int layer, int position) {
        int dim = spec.headDim();
        int half = dim / 2;
        double[] turned = new double[heads.length];
        for (int j = 0; j < half; j++) {
            double angle = position * Math.pow(spec.ropeBase(layer), -2.0 * j / dim)
                    / spec.layerSpecs().get(layer).ropeScale();
            if (file.find("rope_freqs.weight").isPresent()) {
                angle /= tensor("rope_freqs.weight")[j];
            }
            boolean adjacent = spec.architecture() == Architecture.LLAMA;
            for (int head = 0; head < heads.length; head += dim) {
                int first = head + (adjacent ? 2 * j : j);
                int second = head + (adjacent ? 2 * j + 1 : j + half);
                turned[first] = heads[first] * Math.cos(angle) - heads[second] * Math.sin(angle);
                turned[second] = heads[first] * Math.sin(angle) + heads[second] * Math.cos(angle);
            }
        }
        return turned;
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
