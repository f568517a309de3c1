package dev.mneme.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mneme.models.ModelCatalog;
import dev.mneme.models.ModelFile;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.ModelSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast a model is on this machine. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measure reading (prefill) and writing (decode) at given context lengths, beside what the machine can do:",
            "its memory bandwidth bounds decode, its rate of multiply-adds bounds prefill. Takes a minute or more; leave the",
            "machine alone meanwhile."
        })
final class BenchCommand implements Runnable {
    private final Console console;

    @Option(names = "--model", paramLabel = "MODEL", description = "Default: ${DEFAULT-VALUE}.")
    private String model = ModelCatalog.DEFAULT_MODEL;

    @Option(names = "--lengths", paramLabel = "N,N,…", split = ",", description = "Context lengths. Default: 64,512,2048.")
    private List<Integer> lengths = List.of(64, 512, 2048);

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    BenchCommand(Console console) {
        this.console = console;
    }

    private record Report(
            ModelFile file, String backend, int threads, long kvBytesPerToken, List<ModelSpeed.AtLength> speeds,
            List<ResumeSpeed.Resumed> resumed, Machine machine) {
    }

    @Override
    public void run() {
        ModelFile file = new Models(console).obtain(model);
        Report report = measure(file);
        if (json) {
            console.out().println(JsonText.of(out -> write(out, report)));
        } else {
            print(report);
        }
    }

    private void checkLengths(ModelSpec spec) {
        int longest = spec.contextLength() - ModelSpeed.DECODED;
        for (int length : lengths) {
            if (length < 1 || length > longest) {
                throw new UsageFailure("--lengths " + length + " is not possible: between 1 and " + longest
                        + " with this model.");
            }
        }
    }

    private Report measure(ModelFile file) {
        try (ProgressBar bar = new ProgressBar(console);
                LanguageModel opened = LanguageModel.open(file.path(), runtime.options());
                ForwardPass pass = opened.newForwardPass()) {
            checkLengths(opened.spec());
            ModelSpeed speed = new ModelSpeed(opened, runtime.kv());
            int steps = lengths.size() + 3;
            bar.show("measuring", 0, steps, "the machine");
            Machine machine = Machine.measure(runtime.options().threads());
            bar.show("measuring", 1, steps, "warming up");
            speed.warmUp(pass);
            List<ModelSpeed.AtLength> speeds = new ArrayList<>();
            for (int length : lengths) {
                bar.show("measuring", 2 + speeds.size(), steps, length + " tokens");
                speeds.add(speed.measure(pass, length));
            }
            bar.show("measuring", steps - 1, steps, "resuming");
            List<ResumeSpeed.Resumed> resumed = runtime.kv().isQuantized()
                    ? List.of() // sessions do not keep these formats yet
                    : new ResumeSpeed(model, runtime.options(), runtime.kv()).measure(lengths);
            return new Report(file, opened.backendName(), runtime.options().threads(),
                    opened.kvLayout(runtime.kv()).bytesPerToken(), speeds, resumed, machine);
        }
    }

    private void print(Report report) {
        console.out().println(String.format(Locale.ROOT, "%s, %s, %d threads, %d bytes of memory a token",
                report.file.name(), report.backend, report.threads, report.kvBytesPerToken));
        console.out().println(" context   prefill tok/s   decode tok/s");
        for (ModelSpeed.AtLength one : report.speeds) {
            console.out().println(String.format(Locale.ROOT, "%8d   %13.1f   %12.1f", one.tokens(), one.prefill(), one.decode()));
        }
        console.out().println(" context   resume: open ms   first token ms");
        for (ResumeSpeed.Resumed one : report.resumed) {
            console.out().println(String.format(Locale.ROOT, "%8d   %15.1f   %14.1f",
                    one.context(), one.openMillis(), one.firstTokenMillis()));
        }
        console.out().println(String.format(Locale.ROOT, "machine: reads %.1f GB/s, %.1f GFLOP/s (%d-bit vectors, %d threads)",
                report.machine.readBytesPerSecond() / 1e9, report.machine.flopsPerSecond() / 1e9,
                report.machine.vectorBits(), report.machine.threads()));
    }

    private static void write(JsonGenerator out, Report report) throws IOException {
        out.writeStartObject();
        out.writeStringField("model", report.file.name());
        out.writeStringField("sha256", report.file.sha256());
        out.writeStringField("backend", report.backend);
        out.writeNumberField("threads", report.threads);
        out.writeNumberField("kvBytesPerToken", report.kvBytesPerToken);
        out.writeArrayFieldStart("prefill");
        for (ModelSpeed.AtLength one : report.speeds) {
            out.writeStartObject();
            out.writeNumberField("tokens", one.tokens());
            out.writeNumberField("tokensPerSecond", one.prefill());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("decode");
        for (ModelSpeed.AtLength one : report.speeds) {
            out.writeStartObject();
            out.writeNumberField("context", one.tokens());
            out.writeNumberField("tokensPerSecond", one.decode());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("resume");
        for (ResumeSpeed.Resumed one : report.resumed) {
            out.writeStartObject();
            out.writeNumberField("context", one.context());
            out.writeNumberField("openMs", one.openMillis());
            out.writeNumberField("ttftMs", one.firstTokenMillis());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeObjectFieldStart("machine");
        out.writeNumberField("threads", report.machine.threads());
        out.writeNumberField("readBytesPerSecond", report.machine.readBytesPerSecond());
        out.writeNumberField("flopsPerSecond", report.machine.flopsPerSecond());
        out.writeNumberField("vectorBits", report.machine.vectorBits());
        out.writeEndObject();
        out.writeEndObject();
    }
}
