package dev.mneme.kills;

import dev.mneme.MemoryPolicy;
import dev.mneme.Mneme;
import dev.mneme.Session;
import dev.mneme.TurnOptions;
import dev.mneme.persistence.home.Home;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.runtime.kv.KvFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A home with one session of two turns, between which its KV format changes, and copies of it that are damaged. */
final class Homes {
    static final Path MODEL = Path.of(
            System.getProperty("mneme.rootDir", ".."), "attention-runtime/src/test/resources/oracle/tiny/llama.gguf");
    static final String SESSION = "s";
    static final TurnOptions FIRST = TurnOptions.greedy().withMaxTokens(90);
    static final TurnOptions SECOND =
            TurnOptions.defaults().withMaxTokens(100).withTemperature(0.9f).withSeed(7).withRequestId("second");
    /** From the block on in which the second turn begins but one. */
    static final MemoryPolicy FROM_SECOND = MemoryPolicy.sparse().kv(KvFormat.K8V4);
    static final TurnOptions THIRD = TurnOptions.defaults().withMaxTokens(20).withTemperature(0.9f).withSeed(8);

    private Homes() {}

    static Session session(Mneme mneme) {
        return mneme.session(SESSION).model(MODEL.toString()).raw().open();
    }

    static void copy(Path from, Path to) throws IOException {
        delete(to);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    /** Makes a home with the journal of another one, but for the last event. */
    static void copyJournalButItsLastEvent(Path from, Path to) {
        Path natives = Path.of(System.getProperty("user.home"), ".cache", "mneme", "native");
        try (Home source = Home.open(from);
                Home target = Home.open(to);
                JournalDatabase read = JournalDatabase.open(source.journal(), natives);
                JournalDatabase written = JournalDatabase.open(target.journal(), natives)) {
            read.events().persistenceIds(id -> {
                List<EventRecord> events = new ArrayList<>();
                read.events().read(id, 1, Long.MAX_VALUE, events::add);
                events.removeLast();
                events.forEach(event -> written.append(id, List.of(event)).join());
            });
        }
    }

    static void delete(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }

    static List<Path> files(Path home, String pattern) {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().matches(pattern))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void flip(Path file, int at, int bit) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= (byte) (1 << bit);
        Files.write(file, bytes);
    }
}
