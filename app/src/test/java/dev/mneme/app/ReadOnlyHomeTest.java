package dev.mneme.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A home on a file system that is mounted read-only, where not even root may write: in a mount namespace of the child
 * process, gone with it.
 */
class ReadOnlyHomeTest {
    private static final String MOUNT = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";

    @TempDir
    Path directory;

    @BeforeAll
    static void requireMounts(@TempDir Path probe) throws Exception {
        Outcome tried = readOnly(probe, "true");
        assumeTrue(tried.code() == 0, "this system lets the tests mount nothing: " + tried.err().strip());
        assertThat(readOnly(probe, "touch", probe.resolve("file").toString()).code()).isNotZero();
    }

    @Test
    void everyCommandSaysSoInOneLineAndTheHomeStaysAsItWas() throws Exception {
        Path home = directory.resolve("home");
        assertThat(say(home, "one two", "--raw", "--model", Outcome.tiny("llama31")).code()).isZero();
        TreeMap<String, String> before = content(home);

        for (String[] command : List.of(
                new String[] {"say", "s", "three"},
                new String[] {"sessions"},
                new String[] {"verify", "--repair"})) {
            refused(directory, home, command);
        }
        assertThat(content(home)).isEqualTo(before);
        assertThat(say(home, "three").err()).startsWith("[turn 2: reused ").doesNotContain("rebuilt");
    }

    @Test
    void aNewHomeIsNotBegunThere() throws Exception {
        Path home = directory.resolve("home");
        refused(directory, home, "say", "s", "one", "--raw", "--model", Outcome.tiny("llama31"));
        assertThat(home).doesNotExist();
    }

    private static void refused(Path mounted, Path home, String... command) throws Exception {
        List<String> mneme = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--") || flag.startsWith("-Dchronicle"))
                .forEach(mneme::add);
        mneme.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        mneme.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        mneme.addAll(List.of(command));
        mneme.addAll(List.of("--home", home.toString()));
        Outcome outcome = readOnly(mounted, mneme.toArray(String[]::new));

        List<String> said = outcome.err().lines().filter(line -> !line.startsWith("WARNING: Using incubator")).toList();
        assertThat(said).as(String.join(" ", command)).singleElement().asString()
                .startsWith("mneme: the home " + home + " cannot be used: ")
                .contains("Read-only file system", "--home, MNEME_HOME")
                .doesNotContain("Exception");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
    }

    private static Outcome say(Path home, String text, String... options) {
        List<String> all = new ArrayList<>(
                List.of("say", "s", text, "--home", home.toString(), "--max-tokens", "4", "--seed", "5"));
        all.addAll(List.of(options));
        return Outcome.of("", all.toArray(String[]::new));
    }

    /** Runs a command to which {@code mounted} is read-only. */
    private static Outcome readOnly(Path mounted, String... command) throws Exception {
        List<String> all = new ArrayList<>(List.of("unshare", "--map-root-user", "--mount", "sh", "-c", MOUNT));
        all.add(mounted.toString());
        all.addAll(List.of(command));
        Path out = Files.createTempFile("read-only", "out");
        Path err = Files.createTempFile("read-only", "err");
        try {
            Process process = new ProcessBuilder(all)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            process.getOutputStream().close();
            int code = process.waitFor();
            return new Outcome(code, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
        } catch (IOException noSuchCommand) {
            return new Outcome(127, "", noSuchCommand.toString());
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** The name, size and time of every file. */
    private static TreeMap<String, String> content(Path home) throws IOException {
        TreeMap<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.toList()) {
                content.put(file.toString(), Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
        }
        return content;
    }
}
