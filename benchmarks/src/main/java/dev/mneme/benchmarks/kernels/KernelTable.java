package dev.mneme.benchmarks.kernels;

import dev.mneme.app.Machine;
import dev.mneme.runtime.gguf.TensorType;
import dev.mneme.runtime.kv.KvFormat;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks of the kernels on one thread and prints them beside the limits of that thread. */
public final class KernelTable {
    private KernelTable() {}

    /**
     * {@code attention} for the kernels of attention, else those of matrix products; then nothing, or those of JMH's arguments
     * that narrow the parameters: {@code type=Q4_1,Q8_0 tokens=1}, {@code attention format=F16}.
     */
    public static void main(String[] arguments) throws RunnerException {
        boolean attention = arguments.length > 0 && arguments[0].equals("attention");
        OptionsBuilder options = new OptionsBuilder();
        options.include(attention ? AttentionSpeed.class.getName() : MatmulSpeed.class.getName());
        for (String argument : attention ? List.of(arguments).subList(1, arguments.length) : List.of(arguments)) {
            int equals = argument.indexOf('=');
            options.param(argument.substring(0, equals), argument.substring(equals + 1).split(","));
        }
        print(options.build());
    }

    private static void print(Options options) throws RunnerException {
        Machine machine = Machine.measure(1);
        Collection<RunResult> results = new Runner(options).run();
        line("one thread: reads %.1f GB/s, %.1f GFLOP/s", machine.readBytesPerSecond() / 1e9, machine.flopsPerSecond() / 1e9);
        line("of       tokens   GB/s         of reads   GFLOP/s   of peak");
        for (RunResult result : results) {
            int tokens = Integer.parseInt(result.getParams().getParam("tokens"));
            double seconds = result.getPrimaryResult().getScore() / 1e9;
            String type = result.getParams().getParam("type");
            String what = type != null ? type : result.getParams().getParam("format");
            double bytes = (type != null ? MatmulSpeed.bytes(TensorType.valueOf(type)) : AttentionSpeed.bytes(KvFormat.valueOf(what)))
                    / seconds;
            double flops = (type != null ? MatmulSpeed.flops(tokens) : AttentionSpeed.flops(tokens)) / seconds;
            line("%-6s  %6d   %6.1f   %11.0f%%   %7.1f   %6.0f%%", what, tokens, bytes / 1e9,
                    100 * bytes / machine.readBytesPerSecond(), flops / 1e9, 100 * flops / machine.flopsPerSecond());
        }
    }

    private static void line(String format, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, format, arguments));
    }
}
