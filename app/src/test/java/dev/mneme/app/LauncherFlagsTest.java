package dev.mneme.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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

    @Test
    void whatTheCompilerIsToldToInlineIsThere() throws Exception {
        List<String> inlined = Files.readAllLines(Outcome.root().resolve("app/src/main/launcher/mneme.args")).stream()
                .filter(line -> line.startsWith("-XX:CompileCommand=inline,"))
                .toList();
        assertThat(inlined).isNotEmpty();
        for (String line : inlined) {
            String[] method = line.substring(line.indexOf(',') + 1).split("::");
            Class<?> kernels = Class.forName(method[0], false, getClass().getClassLoader());
            assertThat(Arrays.stream(kernels.getDeclaredMethods()).map(Method::getName)).as(line).contains(method[1]);
        }
    }

    @Test
    void whatTheCompilerIsToldNamesKernelsThatAreThere() throws Exception {
        Set<String> early = new TreeSet<>();
        Set<String> awaited = new TreeSet<>();
        for (String line : Files.readAllLines(Outcome.root().resolve("app/src/main/launcher/kernels.args"))) {
            Matcher command = Pattern.compile("-XX:CompileCommand=(\\w+),(.*)::(.*),(.*)").matcher(line);
            if (command.matches()) {
                Class<?> kernels = Class.forName(command.group(2), false, getClass().getClassLoader());
                assertThat(Arrays.stream(kernels.getDeclaredMethods()).map(Method::getName).toList())
                        .as(line)
                        .anyMatch(name -> command.group(3).equals("*") || command.group(3).equals(name));
                (command.group(1).equals("BackgroundCompilation") ? awaited : early)
                        .add(command.group(2) + "::" + command.group(3));
            }
        }
        assertThat(early).isNotEmpty().isEqualTo(awaited);
    }
}
