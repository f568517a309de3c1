import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import net.openhft.chronicle.hash.VanillaGlobalMutableState;
import net.openhft.chronicle.values.Values;

/**
 * Run by the build: makes the class that Chronicle Map would otherwise generate and compile with javac when the first
 * map of a process is opened, which takes about a second. Chronicle looks for it on the class path first.
 *
 * <p>Arguments: the directory of compiled classes, a directory for the source.
 */
class GenerateChronicleState {
    private static final String NAME = "net/openhft/chronicle/hash/VanillaGlobalMutableState$$Native";

    public static void main(String[] arguments) throws Exception {
        Path classes = Path.of(arguments[0]);
        if (Files.exists(classes.resolve(NAME + ".class"))) {
            return;
        }
        Path source = Path.of(arguments[1]).resolve(NAME + ".java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, generatedSource());
        int failures = ToolProvider.getSystemJavaCompiler().run(null, null, null,
                "-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path"), "-d", classes.toString(), source.toString());
        if (failures != 0) {
            throw new IllegalStateException("javac refused " + source);
        }
    }

    /** Chronicle prints the source that it generates if asked to. */
    private static String generatedSource() {
        System.setProperty("chronicle.values.dumpCode", "true");
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Values.nativeClassFor(VanillaGlobalMutableState.class);
        } finally {
            System.setOut(console);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
