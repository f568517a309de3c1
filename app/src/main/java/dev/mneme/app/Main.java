package dev.mneme.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The {@code mneme} command. Exit codes: 0 done, 1 failed, 2 used wrongly. */
public final class Main {
    private static final int FAILED = 1;

    private Main() {
    }

    /** Runs one command and ends the process. */
    public static void main(String[] arguments) {
        runAndExit(MnemeCommand.COMMANDS, arguments);
    }

    /**
     * Runs a command of another module as if it were one of this program's, and ends the process. The command may take a
     * {@link Console} in its constructor.
     *
     * @param name the command's name, the first of the arguments
     */
    public static void main(String name, Class<?> command, String[] arguments) {
        runAndExit(Map.of(name, command), arguments);
    }

    private static void runAndExit(Map<String, Class<?>> commands, String... arguments) {
        Console console = Console.ofProcess();
        int code = run(console, commands, arguments);
        console.out().flush();
        console.err().flush();
        System.exit(code);
    }

    /** Runs one command in this process. */
    static int run(Console console, String... arguments) {
        return run(console, MnemeCommand.COMMANDS, arguments);
    }

    private static int run(Console console, Map<String, Class<?>> known, String... arguments) {
        CommandLine line = new CommandLine(new MnemeCommand(), new CommandFactory(console));
        named(known, arguments).forEach(line::addSubcommand);
        line.setOut(new PrintWriter(console.out(), true, UTF_8));
        line.setErr(new PrintWriter(console.err(), true, UTF_8));
        // Text that begins with @ is something to say, not a file of arguments.
        line.setExpandAtFiles(false);
        line.setUsageHelpWidth(100);
        line.setUsageHelpAutoWidth(true);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOverwrittenOptionsAllowed(false);
        line.setParameterExceptionHandler((wrong, given) -> usage(console, wrong));
        line.setExecutionExceptionHandler((failure, command, parsed) -> switch (failure) {
            case UsageFailure wrong -> usage(console, new ParameterException(command, oneLine(wrong)));
            default -> failed(console, failure);
        });
        return line.execute(arguments);
    }

    /** The commands that the arguments name, or all: picocli looks at each by reflection, which a start would feel. */
    private static Map<String, Class<?>> named(Map<String, Class<?>> known, String... arguments) {
        Map<String, Class<?>> commands = new LinkedHashMap<>(known);
        commands.keySet().retainAll(Arrays.asList(arguments));
        return commands.isEmpty() ? known : commands;
    }

    private static int usage(Console console, ParameterException wrong) {
        String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
        console.err().println("mneme: " + oneLine(wrong) + " See '" + command + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Console console, Exception failure) {
        console.out().flush();
        if (isExpected(failure)) {
            console.err().println("mneme: " + oneLine(failure));
        } else {
            LoggerFactory.getLogger(Main.class).error("the command failed", failure);
            console.err().println("mneme: unexpected " + failure.getClass().getSimpleName() + ": " + oneLine(failure)
                    + " (more in the file 'log' of the home directory)");
        }
        return FAILED;
    }

    /** Mneme's own exceptions say what to do; others are defects, or a disk that failed. */
    private static boolean isExpected(Exception failure) {
        return failure.getClass().getName().startsWith("dev.mneme.")
                || failure instanceof IOException
                || failure instanceof UncheckedIOException;
    }

    private static String oneLine(Exception failure) {
        String message = Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName());
        String line = message.strip().replaceAll("\\s*\\R\\s*", " ");
        return line.matches(".*[.!?)]$") ? line : line + ".";
    }
}
