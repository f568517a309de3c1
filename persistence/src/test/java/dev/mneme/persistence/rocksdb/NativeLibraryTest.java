package dev.mneme.persistence.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.persistence.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class NativeLibraryTest {
    @Test
    @EnabledOnOs(OS.LINUX)
    void theLibraryComesFromTheCacheAndNothingIsLeftInTheTemporaryFolder() throws IOException {
        NativeLibrary.load(Directories.NATIVE_CACHE);

        assertThat(Files.readAllLines(Path.of("/proc/self/maps")))
                .filteredOn(line -> line.contains("librocksdb"))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains(Directories.NATIVE_CACHE + "/rocksdb-"));
    }
}
