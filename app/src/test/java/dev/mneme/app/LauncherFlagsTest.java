package dev.mneme.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The launcher starts Java as the tests do. */
class LauncherFlagsTest {

    @Test
    void theArgumentFileSaysWhatTheBuildSays() throws IOException {
        String pom = Files.readString(Outcome.root().resolve("pom.xml"));
        Matcher flags = Pattern.compile("<mneme.jvm.flags>(.*)</mneme.jvm.flags>").matcher(pom);
        assertThat(flags.find()).isTrue();
        String arguments = Files.readAllLines(Outcome.root().resolve("app/src/main/launcher/mneme.args")).stream()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.joining(" "));
        assertThat(arguments).isEqualTo(flags.group(1));
    }
}
