package dev.mneme.app;

import dev.mneme.models.ModelCatalog;
import dev.mneme.models.ModelFile;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

    @Option(names = "--far", paramLabel = "N,N,…", split = ",",
            description = {
                "Also contexts past the model's window, such as 128K,1M, with the model's default memory policy and keys and values",
                "made up from a short text; beside them the end of the window and the first tokens past it."
            })
    private List<String> far = List.of();

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds over all lengths, whose medians are told. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(names = "--against", paramLabel = "COMMAND",
            description = {
                "Run another program's measurement in turn with ours, once a round, and tell the ratios. The command is given to",
                "the shell; for each length it prints a line like",
                "n=512 prefill 454.4 tok/s decode 121.7 tok/s"
            })
    private @Nullable String against;

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (rounds < 1) {
            throw new UsageFailure("--rounds has to be at least 1, not " + rounds + ".");
        }
        ModelFile file = new Models(console).obtain(model);
        BenchReport report = measure(file);
        if (json) {
            console.out().println(JsonText.of(report::write));
        } else {
            report.print(console.out());
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

    private BenchReport measure(ModelFile file) {
        try (ProgressBar bar = new ProgressBar(console);
                LanguageModel opened = LanguageModel.open(file.path(), runtime.options());
                ForwardPass pass = opened.newForwardPass()) {
            checkLengths(opened.spec());
            ModelSpeed speed = new ModelSpeed(opened, runtime.kv());
            int steps = rounds + 3;
            bar.show("measuring", 0, steps, "the machine");
            Machine machine = Machine.measure(runtime.options().threads());
            bar.show("measuring", 1, steps, "warming up");
            speed.warmUp(pass);
            List<List<ModelSpeed.AtLength>> ours = new ArrayList<>();
            List<List<ModelSpeed.AtLength>> others = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                bar.show("measuring", 2 + round, steps, "round " + (round + 1));
                ours.add(speed.measure(pass, lengths));
                if (against != null) {
                    others.add(new OtherProgram(against).measure(lengths));
                }
            }
            bar.show("measuring", steps - 1, steps, "resuming");
            return new BenchReport(file, opened.backendName(), runtime.options().threads(),
                    opened.kvLayout(runtime.kv()).bytesPerToken(), rounds, ModelSpeed.AtLength.medians(ours),
                    others.isEmpty() ? List.of() : ModelSpeed.AtLength.medians(others), farAway(opened, pass),
                    new TogetherSpeed(opened, runtime.kv()).measure(pass, rounds), resumed(), machine);
        }
    }

    private List<ModelSpeed.AtLength> farAway(LanguageModel opened, ForwardPass pass) {
        List<Integer> contexts = far.stream().map(TokenCount::parse).toList();
        return contexts.isEmpty() ? List.of() : new FarSpeed(opened, runtime.kv()).measure(pass, contexts, rounds);
    }

    private List<ResumeSpeed.Resumed> resumed() {
        return against != null
                ? List.of() // another program has no such thing
                : new ResumeSpeed(model, runtime.options(), runtime.kv()).measure(lengths);
    }
}
