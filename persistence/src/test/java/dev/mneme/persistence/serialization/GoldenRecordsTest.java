package dev.mneme.persistence.serialization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.persistence.event.Samples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Records as version 1 wrote them, kept for good. A failure here means that journals on users' disks can no longer be
 * read: never replace a file, add one for the new version.
 */
class GoldenRecordsTest {
    @TestFactory
    Stream<DynamicTest> recordsOfVersion1AreReadAsTheyWereMeant() {
        return Samples.byFile().entrySet().stream()
                .map(sample -> DynamicTest.dynamicTest(
                        sample.getKey(),
                        () -> assertThat(RecordCodec.decode(sample.getKey() + ":1", golden(sample.getKey() + "-1")))
                                .isEqualTo(sample.getValue())));
    }

    @TestFactory
    Stream<DynamicTest> recordsOfTheNewestVersionAreWrittenByteForByteAsBefore() {
        return Samples.byFile().entrySet().stream()
                .map(sample -> DynamicTest.dynamicTest(
                        sample.getKey(),
                        () -> assertThat(RecordCodec.encode(sample.getValue()))
                                .isEqualTo(golden(RecordCodec.manifest(sample.getValue()).replace(':', '-')))));
    }

    /** For a new kind or version: writes the files that are not there yet. The argument is their directory. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        for (Map.Entry<String, Object> sample : Samples.byFile().entrySet()) {
            Path file = directory.resolve(RecordCodec.manifest(sample.getValue()).replace(':', '-') + ".bin");
            if (Files.notExists(file)) {
                Files.write(file, RecordCodec.encode(sample.getValue()));
            }
        }
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream file = GoldenRecordsTest.class.getResourceAsStream("/golden/" + name + ".bin")) {
            assertThat(file).as("golden file %s", name).isNotNull();
            return file.readAllBytes();
        }
    }
}
