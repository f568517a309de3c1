package dev.mneme.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What a command did.
 *
 * @param code exit code
 * @param out its standard output
 * @param err its standard error
 */
record Outcome(int code, String out, String err) {

    /** Runs a command in this process. */
    static Outcome of(String input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(input.getBytes(UTF_8)),
                new PrintStream(out, false, UTF_8), new PrintStream(err, true, UTF_8), false);
        int code = Main.run(console, arguments);
        console.out().flush();
        return new Outcome(code, out.toString(UTF_8), err.toString(UTF_8));
    }

    /** A tiny random model of the reference data. */
    static String tiny(String name) {
        return root().resolve("attention-runtime/src/test/resources/oracle/tiny").resolve(name + ".gguf").toString();
    }

    /** Root of the checkout. */
    static Path root() {
        return Path.of(Objects.requireNonNull(System.getProperty("mneme.rootDir"), "set by the build"));
    }
}
