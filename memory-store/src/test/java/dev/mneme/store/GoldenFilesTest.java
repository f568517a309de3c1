package dev.mneme.store;

import static dev.mneme.store.Blocks.OTHER;
import static dev.mneme.store.Blocks.SMALL;
import static dev.mneme.store.Blocks.assertServed;
import static dev.mneme.store.Blocks.key;
import static dev.mneme.store.Blocks.payload;
import static dev.mneme.store.Blocks.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A tenant directory as every format version wrote it, read for good. {@link #main} writes the next one.
 */
class GoldenFilesTest {
    private static final StoreOptions TINY = StoreOptions.defaults().withArenaBytes(3L * new BlockLayout(SMALL).stride());

    private final Path home;

    GoldenFilesTest(@TempDir Path home) {
        this.home = home;
    }

    /** Run once for each version that is committed, with the directory to write. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        try (BlockStore store = BlockStore.open(directory, TINY)) {
            put(store, key(1), SMALL);
            put(store, key(2), SMALL);
            put(store, key(3), OTHER);
        }
        Files.delete(directory.resolve("blocks/lock"));
        TailStore.open(directory).write("ines", tail());
    }

    private static Tail tail() {
        return new Tail(key(2), 128, new int[] {5, 6, 7}, List.of(payload(key(4), SMALL), payload(key(4), OTHER)));
    }

    private void copy(String version) throws IOException, URISyntaxException {
        URL golden = Objects.requireNonNull(getClass().getResource("/golden/" + version), version);
        Path from = Path.of(golden.toURI());
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path to = home.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(file, to);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "v1")
    void everyCommittedVersionIsReadAndWrittenOn(String version) throws Exception {
        copy(version);
        for (int opening = 0; opening < 2; opening++) {
            try (BlockStore store = BlockStore.open(home, TINY)) {
                assertThat(store.verify().isSound()).isTrue();
                assertThat(store.usage().blocks()).isEqualTo(3 + opening);
                assertServed(store, key(1), SMALL);
                assertServed(store, key(2), SMALL);
                assertServed(store, key(3), OTHER);
                put(store, key(8), SMALL);
            }
        }
        assertThat(TailStore.open(home).read("ines", Arena.ofAuto())).isInstanceOfSatisfying(TailResult.Found.class, found -> {
            assertThat(found.tail().ids()).isEqualTo(tail().ids());
            assertThat(found.tail().groups().getLast().mismatch(payload(key(4), OTHER))).isEqualTo(-1);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = "v1")
    void everyCommittedVersionIsRecoveredAfterAKill(String version) throws Exception {
        copy(version);
        Files.delete(home.resolve("blocks/3x64/000001.clean"));
        Files.delete(home.resolve("blocks/2x128/000002.clean"));
        try (BlockStore store = BlockStore.open(home, TINY)) {
            put(store, key(8), SMALL);
            put(store, key(8), OTHER);
            assertServed(store, key(1), SMALL);
            assertServed(store, key(3), OTHER);
            assertThat(store.verify().isSound()).isTrue();
        }
    }

    @Test
    void filesOfANewerProgramAreRefusedAsSuch() throws Exception {
        copy("v1");
        Path layout = home.resolve("blocks/3x64/000001.layout");
        new Frame("MNEMARNA", StoreFormat.ARENA + 1, new byte[0]).replace(layout);
        assertThatThrownBy(() -> BlockStore.open(home, TINY)).isInstanceOf(StoreException.NewerFormat.class)
                .hasMessageContaining("000001.layout").hasMessageContaining("newer");

        Path tail = home.resolve("tails/ines.tail");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(tail)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(8, StoreFormat.TAIL + 1);
        byte[] rest = new byte[bytes.capacity() - 32];
        bytes.get(32, rest);
        byte[] head = new byte[24];
        bytes.get(0, head);
        bytes.putLong(24, new Checksum().add(MemorySegment.ofArray(head)).add(MemorySegment.ofArray(rest)).value());
        Files.write(tail, bytes.array());
        assertThatThrownBy(() -> TailStore.open(home).read("ines", Arena.ofAuto())).isInstanceOf(StoreException.NewerFormat.class);
    }
}
