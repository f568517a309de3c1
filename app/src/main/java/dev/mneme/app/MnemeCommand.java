package dev.mneme.app;

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
            "Environment: MNEME_HOME (memory, default ~/.mneme), MNEME_TENANT, MNEME_MODELS (model files),",
            "HF_ENDPOINT, HF_TOKEN (hub). Exit codes: 0 done, 1 failed, 2 used wrongly.",
            "'mneme COMMAND --help' tells more about each command."
        },
        subcommands = {
            ChatCommand.class,
            SayCommand.class,
            ContinueCommand.class,
            IngestCommand.class,
            SessionsCommand.class,
            ShowCommand.class,
            ForkCommand.class,
            RewindCommand.class,
            DeleteCommand.class,
            VerifyCommand.class,
            ModelsCommand.class,
            PullCommand.class,
            TokenizeCommand.class,
            DetokenizeCommand.class,
            ScoreCommand.class,
            BenchCommand.class
        })
final class MnemeCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private MemoryPlace place = new MemoryPlace();

    MemoryPlace place() {
        return place;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing.");
    }
}
