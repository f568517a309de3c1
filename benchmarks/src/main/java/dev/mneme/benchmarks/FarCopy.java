package dev.mneme.benchmarks;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.RuntimeOptions;
import dev.mneme.runtime.model.TokenRun;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Far-copy: how well a model that is past its window repeats what stood at the beginning. The mean negative log
 * likelihood, in nats a token, of the second half of the repeat; lower is better.
 *
 * <p>{@code FarCopy MODEL.gguf LENGTH DEPTH REPEATS POLICY…}, a policy being {@code SINKS:WINDOW:TOPK:CANDIDATES:REFRESH}.
 * All policies go on from one computation of the tokens in the window. Repeat i has seed i.
 */
public final class FarCopy {
    private static final int CHUNK = 512;

    private final LanguageModel model;
    private final ForwardPass pass;

    private FarCopy(LanguageModel model, ForwardPass pass) {
        this.model = model;
        this.pass = pass;
    }

    /** Prints a line a repeat and policy, then each policy's mean. */
    public static void main(String[] arguments) {
        if (arguments.length < 5) {
            System.err.println("usage: FarCopy MODEL.gguf LENGTH DEPTH REPEATS SINKS:WINDOW:TOPK:CANDIDATES:REFRESH…");
            System.exit(2);
        }
        List<MemoryPolicy.Sparse> policies = Arrays.stream(arguments).skip(4).map(FarCopy::policy).toList();
        int threads = Runtime.getRuntime().availableProcessors();
        try (LanguageModel model =
                        LanguageModel.open(Path.of(arguments[0]), new RuntimeOptions(Backend.VECTOR, threads));
                ForwardPass pass = model.newForwardPass()) {
            new FarCopy(model, pass).run(
                    Integer.parseInt(arguments[1]), Double.parseDouble(arguments[2]), Integer.parseInt(arguments[3]), policies);
        }
    }

    private static MemoryPolicy.Sparse policy(String text) {
        int[] numbers = Arrays.stream(text.split(":")).mapToInt(Integer::parseInt).toArray();
        return new MemoryPolicy.Sparse(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }

    private void run(int length, double depth, int repeats, List<MemoryPolicy.Sparse> policies) {
        double[] sums = new double[policies.size()];
        for (int repeat = 0; repeat < repeats; repeat++) {
            FarCopyText text = FarCopyText.of(model.tokenizer(), length, depth, repeat);
            try (ForkableMemory prefix = ForkableMemory.empty(model.kvLayout(KvFormat.F16))) {
                int inWindow = Math.min(text.measuredFrom() - 1, model.spec().contextLength())
                        / KvLayout.BLOCK * KvLayout.BLOCK;
                feed(text, prefix, MemoryPolicy.dense(), 0, inWindow);
                for (int i = 0; i < policies.size(); i++) {
                    sums[i] += measure(text, prefix, inWindow, policies.get(i), repeat);
                }
            }
        }
        for (int i = 0; i < policies.size(); i++) {
            print("mean of %d: %d tokens, depth %.2f, %s: %.3f nats", repeats, length, depth, policies.get(i), sums[i] / repeats);
        }
    }

    private double measure(FarCopyText text, ForkableMemory prefix, int from, MemoryPolicy.Sparse policy, int seed) {
        try (ForkableMemory memory = prefix.fork(policy)) {
            long start = System.nanoTime();
            double nats = feed(text, memory, policy, from, text.ids().length);
            double seconds = (System.nanoTime() - start) / 1e9;
            print("seed %d, %s: %.3f nats, %.0f tokens/s past the first %d",
                    seed, policy, nats, (text.ids().length - from) / seconds, from);
            return nats;
        }
    }

    /** Computes tokens {@code [from, to)}; mean NLL of those that are measured. */
    private double feed(FarCopyText text, ForkableMemory memory, MemoryPolicy policy, int from, int to) {
        double[] sum = new double[1];
        int[] ids = text.ids();
        for (int at = from; at < to; at += CHUNK) {
            int start = at;
            int[] tokens = Arrays.copyOfRange(ids, start, Math.min(to, start + CHUNK));
            int logitsFrom = Math.clamp(text.measuredFrom() - 1 - start, 0, tokens.length);
            pass.run(List.of(new TokenRun(tokens, start, memory, policy, logitsFrom, (offset, logits) -> {
                int next = start + offset + 1;
                if (next < ids.length) {
                    sum[0] += nll(logits, ids[next]);
                }
            })));
        }
        return sum[0] / (ids.length - text.measuredFrom());
    }

    private static double nll(float[] logits, int id) {
        double highest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            highest = Math.max(highest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - highest);
        }
        return highest + Math.log(sum) - logits[id];
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
