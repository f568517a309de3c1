package dev.mneme.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Where a command reads and writes. Results go to {@code out}, everything about them to {@code err}; both are UTF-8
 * whatever the locale says.
 *
 * @param in standard input
 * @param out standard output, flushed by whoever wants it seen
 * @param err standard error
 * @param live whether {@code err} is a terminal, on which a line can be painted over
 */
public record Console(InputStream in, PrintStream out, PrintStream err, boolean live) {

    /** The console of this process. */
    static Console ofProcess() {
        OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 13);
        String launcher = System.getenv().getOrDefault("MNEME_STDERR", "");
        PrintStream err = launcher.isEmpty() ? System.err : standardErrorOfLauncher();
        return new Console(System.in, new PrintStream(out, false, UTF_8), err, launcher.equals("terminal"));
    }

    /** The launcher gives the JVM's own remarks (the incubator warning) another place, and standard error as number 3. */
    private static PrintStream standardErrorOfLauncher() {
        try {
            Constructor<FileDescriptor> numbered = FileDescriptor.class.getDeclaredConstructor(int.class);
            numbered.setAccessible(true);
            return new PrintStream(new FileOutputStream(numbered.newInstance(3)), true, UTF_8);
        } catch (ReflectiveOperationException | RuntimeException notStartedByLauncher) {
            return System.err;
        }
    }

    /** All of standard input as text. */
    String readText() {
        return text(readBytes(), "standard input");
    }

    byte[] readBytes() {
        try {
            return in.readAllBytes();
        } catch (IOException failed) {
            throw new CommandFailure("Standard input cannot be read: " + failed.getMessage() + ".", failed);
        }
    }

    /** The bytes as UTF-8 text; anything else is refused, since no one could tell what was meant. */
    static String text(byte[] bytes, String source) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException otherEncoding) {
            throw new CommandFailure(source + " is not UTF-8 text: convert it first, for example with iconv.",
                    otherEncoding);
        }
    }
}
