package dev.mneme.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TailStoreTest {
    private final Path home;

    TailStoreTest(@TempDir Path home) {
        this.home = home;
    }

    private static Tail tail(int seed) {
        return new Tail(Blocks.key(seed), 64 * seed, new int[] {seed, 2, 3},
                List.of(Blocks.payload(Blocks.key(seed), Blocks.SMALL), Blocks.payload(Blocks.key(seed), Blocks.OTHER)));
    }

    private static void assertSame(TailResult read, Tail expected) {
        assertThat(read).isInstanceOf(TailResult.Found.class);
        Tail tail = ((TailResult.Found) read).tail();
        assertThat(tail.previous()).isEqualTo(expected.previous());
        assertThat(tail.firstPosition()).isEqualTo(expected.firstPosition());
        assertThat(tail.ids()).isEqualTo(expected.ids());
        assertThat(tail.groups()).hasSameSizeAs(expected.groups());
        for (int i = 0; i < expected.groups().size(); i++) {
            assertThat(tail.groups().get(i).mismatch(expected.groups().get(i))).isEqualTo(-1);
            assertThat(tail.groups().get(i).address() % 64).isZero();
        }
    }

    @Test
    void aTailIsReadAsWrittenAndReplacedWhole() {
        TailStore tails = TailStore.open(home);
        assertThat(tails.read("ines", Arena.ofAuto())).isEqualTo(new TailResult.Missing());
        tails.write("ines", tail(1));
        TailResult first = tails.read("ines", Arena.ofAuto());
        assertSame(first, tail(1));
        tails.write("ines", tail(2));
        assertSame(tails.read("ines", Arena.ofAuto()), tail(2));
        assertSame(first, tail(1));
        for (int turn = 3; turn < 8; turn++) {
            tails.write("ines", tail(turn));
            assertSame(TailStore.open(home).read("ines", Arena.ofAuto()), tail(turn));
        }
        assertThat(tails.sessions()).containsExactly("ines");
        tails.delete("ines");
        tails.delete("ines");
        assertThat(tails.read("ines", Arena.ofAuto())).isEqualTo(new TailResult.Missing());
    }

    @Test
    void flippedBitsAndTruncationsAreFound() throws IOException {
        TailStore tails = TailStore.open(home);
        tails.write("ines", tail(1));
        Path file = home.resolve("tails/ines.tail");
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            Files.write(file, flipped);
            assertThat(tails.read("ines", Arena.ofAuto())).as("byte %d", at).isInstanceOf(TailResult.Damaged.class);
        }
        for (int length = 8; length < whole.length; length += 5) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(tails.read("ines", Arena.ofAuto())).as("length %d", length).isInstanceOf(TailResult.Damaged.class);
        }
        assertThat(tails.verify()).containsOnlyKeys("ines");
    }

    @Test
    void aWriteThatWasKilledLeavesTheTailBefore() throws IOException {
        TailStore tails = TailStore.open(home);
        tails.write("ines", tail(1));
        tails.write("ines", tail(2));
        byte[] before = Files.readAllBytes(home.resolve("tails/ines.tail"));
        tails.write("ines", tail(3));
        byte[] after = Files.readAllBytes(home.resolve("tails/ines.tail"));
        for (int written = 0; written < after.length; written += 64) {
            byte[] torn = before.clone();
            System.arraycopy(after, 64, torn, 64, Math.min(written, after.length - 64));
            Arrays.fill(torn, 0, 8, (byte) 0);
            Files.write(home.resolve("tails/ines.tail"), torn);
            assertSame(tails.read("ines", Arena.ofAuto()), tail(2));
            assertThat(tails.verify()).isEmpty();
        }
        tails.write("ines", tail(4));
        assertSame(tails.read("ines", Arena.ofAuto()), tail(4));
        Files.delete(home.resolve("tails/ines.tail"));
        assertSame(tails.read("ines", Arena.ofAuto()), tail(2));
    }

    @Test
    void tailsOfChangingLengthReplaceEachOther() {
        TailStore tails = TailStore.open(home);
        for (int turn = 0; turn < 20; turn++) {
            Tail tail = new Tail(Blocks.key(turn), 0, new int[turn * 37 % 64], List.of(Blocks.payload(Blocks.key(turn), turn % 3 == 0 ? Blocks.OTHER : Blocks.SMALL)));
            tails.write("s", tail);
            assertSame(tails.read("s", Arena.ofAuto()), tail);
        }
    }

    @Test
    void idsThatCannotNameAFileAreRefused() {
        TailStore tails = TailStore.open(home);
        for (String id : List.of("", "../x", ".x", "a/b", "x".repeat(201), "é")) {
            assertThatThrownBy(() -> tails.read(id, Arena.ofAuto())).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anEmptyTailIsATail() {
        TailStore tails = TailStore.open(home);
        Tail empty = new Tail(Blocks.key(0), 0, new int[0], List.<MemorySegment>of());
        tails.write("s", empty);
        assertSame(tails.read("s", Arena.ofAuto()), empty);
    }
}
