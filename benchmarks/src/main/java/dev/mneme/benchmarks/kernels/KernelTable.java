package dev.mneme.benchmarks.kernels;

import dev.mneme.app.Machine;
import dev.mneme.runtime.gguf.TensorType;
import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks of the kernels on one thread and prints them beside the limits of that thread. */
public final class KernelTable {
    private KernelTable() {}

    /** No arguments, or those of JMH's command line that narrow the parameters: {@code type=Q4_1,Q8_0 tokens=1}. */
    public static void main(String[] arguments) throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        options.include(MatmulSpeed.class.getName());
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            options.param(argument.substring(0, equals), argument.substring(equals + 1).split(","));
        }
        print(options.build());
    }

    private static void print(Options options) throws RunnerException {
        Machine machine = Machine.measure(1);
        Collection<RunResult> results = new Runner(options).run();
        line("one thread: reads %.1f GB/s, %.1f GFLOP/s", machine.readBytesPerSecond() / 1e9, machine.flopsPerSecond() / 1e9);
        line("type    tokens   GB/s of weights   of reads   GFLOP/s   of peak");
        for (RunResult result : results) {
            TensorType type = TensorType.valueOf(result.getParams().getParam("type"));
            int tokens = Integer.parseInt(result.getParams().getParam("tokens"));
            double seconds = result.getPrimaryResult().getScore() / 1e9;
            double bytes = MatmulSpeed.ROWS * type.bytesFor(MatmulSpeed.COLUMNS) / seconds;
            double flops = 2.0 * MatmulSpeed.ROWS * MatmulSpeed.COLUMNS * tokens / seconds;
            line("%-6s  %6d   %15.1f   %7.0f%%   %7.1f   %6.0f%%", type, tokens, bytes / 1e9,
                    100 * bytes / machine.readBytesPerSecond(), flops / 1e9, 100 * flops / machine.flopsPerSecond());
        }
    }

    private static void line(String format, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, format, arguments));
    }
}
