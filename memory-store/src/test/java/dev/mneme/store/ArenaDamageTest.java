package dev.mneme.store;

import static dev.mneme.store.Blocks.SMALL;
import static dev.mneme.store.Blocks.assertServed;
import static dev.mneme.store.Blocks.key;
import static dev.mneme.store.Blocks.payload;
import static dev.mneme.store.Blocks.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to the files between two processes: a block is served as it was, or not at all, and can be put again. */
class ArenaDamageTest {
    private static final BlockLayout LAYOUT = new BlockLayout(SMALL);
    private static final StoreOptions OPTIONS = StoreOptions.defaults().withArenaBytes(6L * LAYOUT.stride());
    /** Two of the six slots stay free. */
    private static final int BLOCKS = 4;

    private final Path home;
    private final Path arena;
    private final Path marker;
    private final Path layoutFile;

    ArenaDamageTest(@TempDir Path home) {
        this.home = home;
        this.arena = home.resolve("blocks/3x64/000001.arena");
        this.marker = ArenaFile.markerFile(arena);
        this.layoutFile = ArenaFile.layoutFile(arena);
    }

    @BeforeEach
    void fourBlocksClosedCleanly() {
        try (BlockStore store = open()) {
            for (int i = 0; i < BLOCKS; i++) {
                put(store, key(i), SMALL);
            }
        }
        assertThat(marker).exists();
    }

    private BlockStore open() {
        return BlockStore.open(home, OPTIONS);
    }

    /** How many of the blocks are served; those that are not must say so. */
    private static int served(BlockStore store) {
        int served = 0;
        for (int i = 0; i < BLOCKS; i++) {
            if (store.lease(key(i), SMALL) instanceof LeaseResult.Leased(BlockLease lease)) {
                assertThat(lease.payload().mismatch(payload(key(i), SMALL))).as("wrong bytes of block %d", i).isEqualTo(-1);
                lease.close();
                served++;
            }
        }
        return served;
    }

    private static void assertHeals(BlockStore store) {
        for (int i = 0; i < BLOCKS; i++) {
            put(store, key(i), SMALL);
        }
        put(store, key(50), SMALL);
        assertThat(served(store)).isEqualTo(BLOCKS);
        assertServed(store, key(50), SMALL);
    }

    private static void flip(Path file, long at, int bit) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 1 << bit)).rewind();
            channel.write(one, at);
        }
    }

    private long firstEntry() throws IOException {
        ArenaLayout layout = ArenaLayout.read(layoutFile, 0);
        assertThat(layout).isNotNull();
        return layout == null ? 0 : layout.firstEntry();
    }

    @Test
    void everyFlippedByteOfABlockIsFoundByLeaseAndByVerify() throws IOException {
        long start = firstEntry();
        for (int at = 0; at < LAYOUT.stride(); at++) {
            flip(arena, start + at, at % 8);
            try (BlockStore store = open()) {
                assertThat(served(store)).as("entry byte %d", at).isEqualTo(BLOCKS - 1);
                assertThat(store.verify().damaged()).as("entry byte %d", at).hasSize(1);
            }
            flip(arena, start + at, at % 8);
        }
        try (BlockStore store = open()) {
            assertThat(store.verify().isSound()).isTrue();
        }
    }

    @Test
    void damageNamesTheSection() throws IOException {
        flip(arena, firstEntry() + LAYOUT.payloadOffset() + 2L * SMALL.sectionBytes(), 0);
        try (BlockStore store = open()) {
            assertThat(store.verify().damaged()).singleElement()
                    .satisfies(damaged -> assertThat(damaged.section()).isEqualTo(2));
            assertThat(store.lease(key(0), SMALL)).isInstanceOf(LeaseResult.Damaged.class);
            put(store, key(0), SMALL);
            assertServed(store, key(0), SMALL);
            assertThat(store.verify().isSound()).isTrue();
        }
    }

    @Test
    void flippedBitsAnywhereInAMarkedArenaAreFoundOrHarmlessAndHeal() throws IOException {
        byte[] whole = Files.readAllBytes(arena);
        byte[] clean = Files.readAllBytes(marker);
        long start = firstEntry();
        for (int at = 0; at < whole.length; at += 37) {
            flip(arena, at, at % 8);
            try (BlockStore store = open()) {
                served(store);
                boolean live = at < start + (long) BLOCKS * LAYOUT.stride();
                if (live) {
                    assertThat(store.verify().isSound()).as("byte %d", at).isFalse();
                }
                assertHeals(store);
            }
            try (BlockStore store = open()) {
                assertThat(served(store)).as("byte %d, healed", at).isEqualTo(BLOCKS);
            }
            Files.write(arena, whole);
            Files.write(marker, clean);
        }
    }

    @Test
    void flippedBitsInAnArenaWhoseWriterDiedNeverGiveWrongBytesAndHeal() throws IOException {
        byte[] whole = Files.readAllBytes(arena);
        for (int at = 0; at < whole.length; at += 41) {
            Files.deleteIfExists(marker);
            flip(arena, at, at % 8);
            try (BlockStore store = open()) {
                served(store);
                assertHeals(store);
            }
            try (BlockStore store = open()) {
                assertThat(served(store)).as("byte %d, healed", at).isEqualTo(BLOCKS);
            }
            Files.write(arena, whole);
            deleteFurtherArenas();
        }
    }

    private void deleteFurtherArenas() throws IOException {
        try (var files = Files.list(arena.resolveSibling("."))) {
            for (Path file : files.filter(file -> !file.getFileName().toString().startsWith("000001")).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void everyFlippedByteOfMarkerAndLayoutIsFound() throws IOException {
        byte[] arenaBytes = Files.readAllBytes(arena);
        byte[] layoutBytes = Files.readAllBytes(layoutFile);
        byte[] markerBytes = Files.readAllBytes(marker);
        for (int at = 0; at < markerBytes.length; at++) {
            flip(marker, at, at % 8);
            try (BlockStore store = open()) {
                assertThat(served(store)).isEqualTo(BLOCKS);
            }
            Files.write(marker, markerBytes);
        }
        for (int at = 0; at < layoutBytes.length; at++) {
            flip(layoutFile, at, at % 8);
            try (BlockStore store = open()) {
                assertThat(served(store)).isZero();
                assertThat(store.verify().findings()).hasSize(1);
            }
            Files.write(arena, arenaBytes);
            Files.write(layoutFile, layoutBytes);
            Files.write(marker, markerBytes);
        }
    }

    @Test
    void anArenaCutAtAnyLengthServesWhatIsLeft() throws IOException {
        byte[] whole = Files.readAllBytes(arena);
        byte[] clean = Files.readAllBytes(marker);
        long start = firstEntry();
        long end = start + 6L * LAYOUT.stride();
        for (int length = 0; length < end; length += 199) {
            deleteFurtherArenas();
            Files.write(marker, clean);
            Files.write(arena, Arrays.copyOf(whole, length));
            try (BlockStore store = open()) {
                int left = Math.clamp((length - start) / LAYOUT.stride(), 0, BLOCKS);
                assertThat(served(store)).as("length %d", length).isBetween(left, left + 1);
                assertThat(store.verify().findings()).isNotEmpty();
                assertHeals(store);
            }
        }
    }

    @Test
    void aMissingArenaIsReportedAndItsBlocksAreMissing() throws IOException {
        Files.delete(arena);
        try (BlockStore store = open()) {
            assertThat(served(store)).isZero();
            assertThat(store.verify().findings()).singleElement().asString().contains("missing");
            assertHeals(store);
        }
    }

    @Test
    void anotherArenaInItsPlaceServesNothingWrong() throws IOException {
        byte[] clean = Files.readAllBytes(marker);
        try (BlockStore store = open()) {
            store.remove(List.of(key(0), key(1))).toCompletableFuture().join();
            put(store, key(7), SMALL);
        }
        Files.write(marker, clean);
        try (BlockStore store = open()) {
            assertThat(served(store)).isEqualTo(2);
            assertHeals(store);
        }
    }

    @Test
    void aFileWhereTheDirectoryShouldBeIsAClearError(@TempDir Path elsewhere) throws IOException {
        Files.writeString(elsewhere.resolve("blocks"), "");
        assertThatThrownBy(() -> BlockStore.open(elsewhere, OPTIONS))
                .isInstanceOf(StoreException.Failed.class).hasMessageContaining("blocks");
        assertThatThrownBy(() -> TailStore.open(elsewhere.resolve("blocks")))
                .isInstanceOf(StoreException.Failed.class).hasMessageContaining("tails");
    }
}
