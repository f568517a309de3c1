package dev.mneme.persistence.home;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.persistence.Directories;
import dev.mneme.persistence.PersistenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a cut log or a flipped bit does to a journal: an error that says so, or all that was before it. Never garbage. */
class DamagedFilesTest {
    private static final int EVENTS = 12;
    private final Diary diary = new Diary("s");
    private final Path directory = memory().resolve("mneme-damaged-" + ProcessHandle.current().pid());
    private final Path original = directory.resolve("original");
    private final Path copy = directory.resolve("copy");

    /** Hundreds of databases are opened here, and none has to outlive the machine. */
    private static Path memory() {
        Path shared = Path.of("/dev/shm");
        return Files.isWritable(shared) ? shared : Path.of(System.getProperty("java.io.tmpdir"));
    }

    @BeforeEach
    void create() throws IOException {
        Directories.delete(directory);
        Files.createDirectories(directory);
    }

    @AfterEach
    void remove() {
        Directories.delete(directory);
    }

    @Test
    void aLogThatIsCutAnywhereOpensAtTheLastRecordThatIsWhole() throws IOException {
        List<Long> ends = writeAndCrash();
        String log = logOf(original);
        byte[] bytes = Files.readAllBytes(original.resolve(log));
        assertThat(ends.getLast()).isEqualTo(bytes.length);

        // Every byte of the last three records.
        for (int length = bytes.length; length >= ends.get(EVENTS - 4); length--) {
            copyOriginal();
            Files.write(copy.resolve(log), Arrays.copyOf(bytes, length));
            long whole = whole(ends, length);

            assertThat(open()).as("cut at %d of %d", length, bytes.length).hasValue(whole);
        }
    }

    private static long whole(List<Long> ends, int length) {
        return ends.stream().filter(end -> end <= length).count();
    }

    @Test
    void aBitFlippedInTheLogIsAnError() throws IOException {
        List<Long> ends = writeAndCrash();
        String log = logOf(original);
        byte[] bytes = Files.readAllBytes(original.resolve(log));
        Random random = seeded();
        long header = ends.get(EVENTS - 2);
        for (int at = (int) (long) ends.get(EVENTS - 4); at < bytes.length; at += 2) {
            flip(log, bytes, at, random.nextInt(8));
            assertThat(open()).as("byte %d", at).isEmpty();
        }
        // Every bit of the last record's checksum, length and type: its length decides whether it seems cut short, and
        // with some types RocksDB would look for its end for ever.
        for (int bit = 0; bit < 7 * 8; bit++) {
            flip(log, bytes, (int) header + bit / 8, bit % 8);
            assertThat(open()).as("bit %d of the header", bit).isEmpty();
        }
    }

    @Test
    void aBitFlippedInTheManifestIsAnErrorOrChangesNothing() throws IOException {
        writeAndCrash();
        String manifest;
        try (Stream<Path> files = Files.list(original)) {
            manifest = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("MANIFEST"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(original.resolve(manifest));
        for (int bit = 0; bit < bytes.length * 8; bit += 3) {
            flip(manifest, bytes, bit / 8, bit % 8);
            open().ifPresent(found -> assertThat(found).isEqualTo(EVENTS));
        }
    }

    private void flip(String file, byte[] bytes, int at, int bit) throws IOException {
        copyOriginal();
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << bit);
        Files.write(copy.resolve(file), flipped);
    }

    @Test
    void verifyFindsABitFlippedAnywhereInATable() throws IOException {
        try (JournalDatabase database = JournalDatabase.open(original, Directories.NATIVE_CACHE)) {
            write(database);
        }
        String table = fileOf(original, ".sst");
        byte[] bytes = Files.readAllBytes(original.resolve(table));
        Random random = seeded();
        for (int at = random.nextInt(11); at < bytes.length; at += 11) {
            flip(table, bytes, at, random.nextInt(8));

            assertThat(damaged()).as("byte %d of %d", at, bytes.length).isTrue();
        }
    }

    private boolean damaged() {
        try (JournalDatabase database = JournalDatabase.open(copy, Directories.NATIVE_CACHE)) {
            return !database.verify().isEmpty();
        } catch (PersistenceException e) {
            return true;
        }
    }

    /** How much of the diary is in the copy; empty if the copy is refused. Fails if there is anything else in it. */
    private OptionalLong open() {
        try (JournalDatabase database = JournalDatabase.open(copy, Directories.NATIVE_CACHE)) {
            return OptionalLong.of(diary.checkBeginning(database));
        } catch (PersistenceException e) {
            assertThat(e).hasMessageContaining(copy.toString());
            return OptionalLong.empty();
        }
    }

    /** Leaves a database as a killed process leaves it; says where in its log each event ends. */
    private List<Long> writeAndCrash() throws IOException {
        Path live = directory.resolve("live");
        List<Long> ends = new ArrayList<>();
        try (JournalDatabase database = JournalDatabase.open(live, Directories.NATIVE_CACHE)) {
            String log = logOf(live);
            for (int number = 1; number <= EVENTS; number++) {
                diary.write(database, number).join();
                ends.add(Files.size(live.resolve(log)));
            }
            copy(live, original);
        }
        return ends;
    }

    private void write(JournalDatabase database) {
        for (int number = 1; number <= EVENTS; number++) {
            diary.write(database, number).join();
        }
    }

    private void copyOriginal() throws IOException {
        Directories.delete(copy);
        copy(original, copy);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static String logOf(Path directory) throws IOException {
        return fileOf(directory, ".log");
    }

    private static String fileOf(Path directory, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(suffix))
                    .sorted()
                    .reduce((first, second) -> second)
                    .orElseThrow();
        }
    }

    private static Random seeded() {
        long seed = System.nanoTime();
        System.out.println("seed of the flipped bits: " + seed);
        return new Random(seed);
    }
}
