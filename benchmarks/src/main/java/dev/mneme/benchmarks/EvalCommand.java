package dev.mneme.benchmarks;

import dev.mneme.actors.memory.PolicyText;
import dev.mneme.app.CommandFailure;
import dev.mneme.app.Console;
import dev.mneme.app.Models;
import dev.mneme.app.RuntimeChoice;
import dev.mneme.app.TokenCount;
import dev.mneme.app.UsageFailure;
import dev.mneme.models.ModelCatalog;
import dev.mneme.models.ModelFile;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.ModelSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How well a model finds again what lies far back. */
@Command(
        name = "eval",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure how well a model remembers: hide something in a long text, ask for it at the end,",
            "and compare memory policies. Everything is drawn from seeds, which are printed: the same",
            "call gives the same numbers.",
            "",
            "Tasks:",
            "  far-copy        60 random words, and the same words again at the end: how likely does the",
            "                  model find the second half of the repeat? In nats a token; about 6.5 is a",
            "                  model that remembers nothing.",
            "  passkey         one number, asked for at the end. The part of the trials that named it.",
            "  number          eight numbers with names, one of them asked for by its name.",
            "  variables       variables set to one another, far apart: which have the number?",
            "                  (RULER, without examples)",
            "  frequent-words  a text of made-up words: which three are the most frequent? (RULER)",
            "  text            how likely a text of yours (--text) goes on as it does, in its last",
            "                  2,048 tokens. In nats.",
            "",
            "For what is hidden the table also says in how many trials its place is among the blocks",
            "that were attended for the answer (recall), and which part of the attention of layers",
            "without a window of their own it received (share).",
            "",
            "--mass adds, for each of these layers, how much of the attention the plan could have: one",
            "softmax over the keys of all blocks, and the part of it that lies in those of the plan (the",
            "mean over query heads and over the tokens whose predictions count). Blocks between sinks",
            "and local window stand at one distance of 512 in it, the others where the plan has them.",
            "Inside the window it is 1. It is no measure of recall: most of the mass lies in early layers,",
            "on keys that every query likes.",
            "",
            "Memory policies (--policy, may be repeated):",
            "  dense           all of the text; only for lengths inside the model's window",
            "  default         what a session of the model has: past the window sinks, retrieved blocks",
            "                  and a local window",
            "  window          the same without retrieval",
            "  exact           the same, but every block is compared by all its keys before any is",
            "                  retrieved. Slow.",
            "  true-distances  all of the text even past the window, where the model was not trained",
            "                  for it. Slow.",
            "  'topK=32 candidates=256'",
            "                  the default with other numbers, of sinks, window, topK, candidates, refresh",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  what the model can do in its window, and what retrieval adds past it:",
            "    mneme eval --lengths 4K,6K --policy dense",
            "    mneme eval --lengths 16K,64K --policy default --policy window",
            "  a million tokens, one reading for all trials:",
            "    mneme eval --model gemma3:270m --lengths 1M --texts together",
            "  a book, 2,048 tokens past a window of 8,192:",
            "    mneme eval --tasks text --text book.txt --lengths 10240 --policy default \\",
            "      --policy true-distances",
            "",
            "A length past the window takes minutes to hours: the text is computed once for each policy,",
            "and again from where something is hidden for each trial. '--texts together' hides",
            "everything in one text, computed once; what is there for other trials is then in the way of",
            "each. Of tasks whose question does not say which of several hidden things it means (all but",
            "far-copy) it asks one trial only."
        })
public final class EvalCommand implements Runnable {
    private final Console console;

    @Option(names = "--model", paramLabel = "MODEL", description = "Default: ${DEFAULT-VALUE}.")
    private String model = ModelCatalog.DEFAULT_MODEL;

    @Option(names = "--tasks", paramLabel = "T", split = ",", description = "Default: far-copy,passkey.")
    private List<String> tasks = List.of("far-copy", "passkey");

    @Option(names = "--lengths", paramLabel = "N", split = ",",
            description = "Tokens of each text, its question included; 16K is 16,384, 1M 1,048,576. Default: 4K.")
    private List<String> lengths = List.of("4K");

    @Option(names = "--depths", paramLabel = "D", split = ",",
            description = "Where things are hidden, from 0, the beginning, to 1. Default: 0.1,0.5.")
    private List<Double> depths = List.of(0.1, 0.5);

    @Option(names = "--repeats", paramLabel = "N", description = "Trials of each length and depth. Default: ${DEFAULT-VALUE}.")
    private int repeats = 6;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the first trial; the next has the next. Default: 0.")
    private long seed;

    @Option(names = "--filler-seed", paramLabel = "N", description = "Seed of the text around what is hidden. Default: 0.")
    private long fillerSeed;

    @Option(names = "--filler-sentences", paramLabel = "N",
            description = "Repeat the same N sentences around what is hidden. Default: ever new ones.")
    private int fillerSentences = FillerText.VARIED;

    @Option(names = "--policy", paramLabel = "POLICY", description = "A memory policy, see above. Default: default.")
    private List<String> policies = List.of("default");

    @Option(names = "--texts", paramLabel = "HOW",
            description = "A text for each trial, or one for all: ${COMPLETION-CANDIDATES}. Default: apart.")
    private Arrangement arrangement = Arrangement.APART;

    @Option(names = "--text", paramLabel = "FILE", description = "The text of the task 'text', UTF-8.")
    private @Nullable Path text;

    @Option(names = "--mass", description = "Also report how much of all attention the plans capture, layer by layer.")
    private boolean mass;

    @Option(names = "--model-window", paramLabel = "N",
            description = "Take the model to have this window instead of its own; a short one forces retrieval early.")
    private @Nullable String modelWindow;

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    @Option(names = "--out", paramLabel = "DIR",
            description = "Also write results.json and heat maps (PNG, length by depth) there, after every text.")
    private @Nullable Path out;

    @Option(names = "--json", description = "Print one JSON object instead of the table.")
    private boolean json;

    /** With the console that it speaks through. */
    public EvalCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (repeats < 1 || fillerSentences < 1 || depths.stream().anyMatch(depth -> !(depth >= 0 && depth <= 1))) {
            throw new UsageFailure("--repeats and --filler-sentences have to be at least 1, and --depths from 0 to 1.");
        }
        List<Task> asked = tasks.stream().map(this::task).toList();
        List<Integer> tokens = lengths.stream().map(TokenCount::parse).toList();
        ModelFile file = new Models(console).obtain(model);
        if (modelWindow == null) {
            run(file, file.path(), asked, tokens);
        } else {
            try (OtherWindow copy = OtherWindow.of(file.path(), TokenCount.parse(modelWindow))) {
                run(file, copy.path(), asked, tokens);
            }
        }
    }

    private void run(ModelFile file, Path path, List<Task> asked, List<Integer> tokens) {
        int longest = tokens.stream().mapToInt(Integer::intValue).max().orElse(0);
        try (LanguageModel opened = LanguageModel.open(path, runtime.options());
                ForwardPass pass = opened.newForwardPass();
                Stretched stretched = Stretched.of(path, policies, longest, runtime.options())) {
            List<Arm> arms = policies.stream()
                    .map(name -> stretched.arm(name).orElseGet(() -> arm(name, opened, pass)))
                    .toList();
            Scores scores = new Scores();
            Report report = report(file, opened, arms);
            if (!json) {
                console.out().print(report.heading());
                console.out().flush();
            }
            Examination examination = new Examination(
                    opened.tokenizer(), runtime.kv(), mass ? Listener::ofBlocksAndLayers : Listener::ofBlocks, score -> take(score, scores));
            for (int length : tokens) {
                for (Course course : courses(asked, length, opened)) {
                    examination.examine(course, arms);
                    save(report, scores);
                }
            }
            console.out().print(json ? report.json(scores) + System.lineSeparator() : scores.table() + CapturedTable.of(scores));
        }
    }

    private static Arm arm(String name, LanguageModel opened, ForwardPass pass) {
        MemoryPolicy policy = ArmNames.policy(name, opened.spec());
        policy.check(opened.spec().contextLength());
        return new Arm(name, opened, pass, policy);
    }

    private List<Course> courses(List<Task> asked, int length, LanguageModel opened) {
        List<Long> seeds = seeds();
        List<Course> courses = new ArrayList<>();
        List<Trial> hidden = new ArrayList<>();
        for (Task task : asked) {
            switch (task) {
                case Task.Hiding hiding -> {
                    for (double depth : depths) {
                        seeds.forEach(one -> hidden.add(hiding.trial(opened.tokenizer(), depth, one)));
                    }
                }
                case Task.Telling telling -> {
                    for (long one : telling.random() ? seeds : seeds.subList(0, 1)) {
                        courses.add(telling.course(opened.tokenizer(), length, one));
                    }
                }
            }
        }
        if (!hidden.isEmpty()) {
            courses.addFirst(arrangement.course(opened.tokenizer(), length, filler(), hidden));
        }
        return courses;
    }

    private FillerText filler() {
        return new FillerText(fillerSeed, fillerSentences);
    }

    private List<Long> seeds() {
        return LongStream.range(seed, seed + repeats).boxed().toList();
    }

    private Report report(ModelFile file, LanguageModel opened, List<Arm> arms) {
        Map<String, String> texts = new LinkedHashMap<>();
        arms.forEach(arm -> texts.put(arm.name(), PolicyText.format(arm.policy())));
        ModelSpec spec = opened.spec();
        return new Report(file.name(), file.sha256(), spec.contextLength(), runtime.kv().name().toLowerCase(Locale.ROOT),
                opened.backendName(), runtime.options().threads(), arrangement, filler(), seeds(), texts);
    }

    private void take(Score score, Scores scores) {
        scores.add(score);
        console.err().println(String.format(Locale.ROOT, "%s, %d tokens, depth %s, seed %d, %s: %.3f%s (%.1f s)",
                score.trial().task().name(), score.length(), Scores.depth(score.trial().depth()), score.trial().seed(),
                score.arm(), score.value(), score.said().isEmpty() ? "" : " \"" + oneLine(score.said()) + "\"", score.seconds()));
    }

    private static String oneLine(String said) {
        return said.replaceAll("\\R", "\\\\n");
    }

    private void save(Report report, Scores scores) {
        if (out != null) {
            try {
                report.write(out, scores);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    private Task task(String name) {
        return switch (name) {
            case "far-copy" -> arrangement == Arrangement.APART ? FarCopy.FEW_WORDS : FarCopy.MANY_WORDS;
            case "passkey" -> new PassKey();
            case "number" -> new KeyedNumber();
            case "variables" -> new VariableTracking();
            case "frequent-words" -> new FrequentWords();
            case "text" -> new LongText(text());
            default -> throw new UsageFailure("There is no task '" + name + "'.");
        };
    }

    private String text() {
        Path file = Optional.ofNullable(text)
                .orElseThrow(() -> new UsageFailure("The task 'text' needs a file: --text FILE."));
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new CommandFailure(file + " cannot be read as UTF-8 text: " + failed.getMessage() + ".", failed);
        }
    }
}
