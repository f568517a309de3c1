package dev.mneme.benchmarks.soak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.app.CommandFailure;
import dev.mneme.app.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import picocli.CommandLine;

/** {@code mneme soak} for a moment: that it works, not that a process is steady after so short a time. */
class SoakCommandTest {
    private static final Path ROOT = Path.of(Objects.requireNonNull(System.getProperty("mneme.rootDir"), "set by the build"));

    @Test
    @EnabledOnOs(OS.LINUX)
    void sessionsComeAndGoWithoutFailingAndLeaveNoLease() {
        String told = soak("--minutes", "0.1", "--sessions", "3", "--threads", "1", "--raw",
                "--model", ROOT.resolve("attention-runtime/src/test/resources/oracle/tiny/llama.gguf").toString());

        String[] lines = told.split("\n");
        assertThat(lines[0]).contains("RssAnon", "VmRSS", "heap", "files", "leases");
        String[] last = lines[30].trim().split("\\s+");
        assertThat(Integer.parseInt(last[2])).as("turns").isPositive();
        assertThat(Double.parseDouble(last[5])).as("RssAnon").isGreaterThan(10);
        assertThat(told).contains("leases at rest: 0");
    }

    private static String soak(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), new PrintStream(out, true, UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, UTF_8), false);
        CommandLine line = new CommandLine(new SoakCommand(console));
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            assertThat(failure).isInstanceOf(CommandFailure.class).hasMessage("The process grew.");
            return 1;
        });
        assertThat(line.execute(arguments)).isBetween(0, 1);
        return out.toString(UTF_8);
    }
}
