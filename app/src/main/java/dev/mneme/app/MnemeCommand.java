package dev.mneme.app;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The top of the command tree: names the commands, does nothing itself. */
@Command(
        name = "mneme",
        mixinStandardHelpOptions = true,
        version = "mneme 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Language-model sessions whose memory lasts.",
            "A session is told only what is new; what was said before is kept on disk and never read again.",
            ""
        },
        footer = {
            "",
            "To begin:",
            "  mneme chat                              talk; leave with Ctrl-D, come back the same way",
            "  mneme say notes 'My cat is called Ada'  one turn of the session 'notes'",
            "  mneme say notes 'What is my cat called?'",
            "",
            "In a checkout of Mneme: how well a model remembers, 'mneme eval --help'; whether a process",
            "stays as large as it is while sessions come and go, 'mneme soak --help'.",
            "",
            "Environment: MNEME_HOME (memory, default ~/.mneme), MNEME_TENANT, MNEME_MODELS (model files),",
            "HF_ENDPOINT, HF_TOKEN (hub). Exit codes: 0 done, 1 failed, 2 used wrongly.",
            "'mneme COMMAND --help' tells more about each command."
        })
final class MnemeCommand implements Runnable {
    /** In the order in which the help lists them. */
    static final Map<String, Class<?>> COMMANDS = commands(
            ChatCommand.class,
            SayCommand.class,
            ContinueCommand.class,
            IngestCommand.class,
            SessionsCommand.class,
            ShowCommand.class,
            RecallCommand.class,
            ForkCommand.class,
            RewindCommand.class,
            DeleteCommand.class,
            MemoryCommand.class,
            PinCommand.class,
            UnpinCommand.class,
            VerifyCommand.class,
            ModelsCommand.class,
            PullCommand.class,
            TokenizeCommand.class,
            DetokenizeCommand.class,
            ScoreCommand.class,
            BenchCommand.class);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private MemoryPlace place = new MemoryPlace();

    private static Map<String, Class<?>> commands(Class<?>... types) {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        for (Class<?> type : types) {
            commands.put(Objects.requireNonNull(type.getAnnotation(Command.class), "a command is annotated").name(), type);
        }
        return Collections.unmodifiableMap(commands);
    }

    MemoryPlace place() {
        return place;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing.");
    }
}
