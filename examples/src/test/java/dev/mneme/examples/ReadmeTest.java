package dev.mneme.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the README shows is code that compiles. */
class ReadmeTest {
    private static final Path ROOT = Path.of(Objects.requireNonNull(System.getProperty("mneme.rootDir"), "set by the build"));

    @Test
    void theReadmesExampleIsTheOneThatIsCompiled() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        String shown = between(readme, "```java\n", "```");
        String source = Files.readString(
                ROOT.resolve("examples/src/main/java/dev/mneme/examples/FirstConversation.java"));
        String compiled = between(source, "// README begins\n", "// README ends").stripIndent();
        assertThat(shown.strip()).isEqualTo(compiled.strip());
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        assertThat(from).as(begin).isGreaterThan(begin.length());
        return text.substring(from, text.indexOf(end, from));
    }
}
