package dev.mneme.runtime.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.mneme.runtime.model.ModelException;
import dev.mneme.runtime.model.ModelSpec;
import dev.mneme.runtime.oracle.OracleFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A damaged file is refused with a typed error, or is read as what it now says: nothing else may happen. */
class DamagedFileTest {
    private static final List<String> MODELS = List.of("llama", "llama31", "qwen2", "qwen3", "gemma3", "type-q4_k");

    /** A tiny model's head is 20 KB; the file itself is what the largest sane allocation is measured by. */
    private static final long MOST_ALLOCATED = 16L << 20;

    private static final Duration LONGEST = Duration.ofSeconds(2);

    @Test
    void cutAnywhereInTheHeadItIsRefused() {
        byte[] whole = bytes("qwen3");
        int head = headBytes(whole);
        for (int length = 0; length < head; length++) {
            assertThat(open(MemorySegment.ofArray(whole).asSlice(0, length)))
                    .as("cut to %d bytes", length)
                    .isInstanceOf(GgufException.class);
        }
    }

    @Test
    void cutAnywhereInTheTensorsItIsRefused() {
        byte[] whole = bytes("qwen3");
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            int length = random.nextInt(headBytes(whole), whole.length - 32);
            assertThat(open(MemorySegment.ofArray(whole).asSlice(0, length)))
                    .as("cut to %d bytes", length)
                    .isInstanceOf(GgufException.class);
        }
    }

    @Property(tries = 3000)
    void flippedBytesGiveATypedErrorOrAModel(@ForAll("damages") Damage damage) {
        byte[] file = bytes(damage.model());
        int head = headBytes(file);
        for (Flip flip : damage.flips()) {
            file[(int) (flip.place() * head)] = flip.value();
        }
        open(MemorySegment.ofArray(file));
    }

    record Flip(double place, byte value) {}

    record Damage(String model, List<Flip> flips) {}

    @Provide
    Arbitrary<Damage> damages() {
        Arbitrary<Byte> values = Arbitraries.oneOf(
                Arbitraries.bytes(), Arbitraries.of((byte) 0, (byte) 1, (byte) 0x7F, (byte) 0x80, (byte) 0xFF));
        Arbitrary<Double> places = Arbitraries.doubles().between(0, false, 1, true).map(place -> Math.min(place, 0.999999));
        // Half of all flips hit the first kilobyte, where counts, types and sizes lie close together.
        Arbitrary<Flip> flips = Combinators.combine(places, values, Arbitraries.of(true, false))
                .as((place, value, near) -> new Flip(near ? place / 20 : place, value));
        return Combinators.combine(Arbitraries.of(MODELS), flips.list().ofMinSize(1).ofMaxSize(8))
                .as(Damage::new);
    }

    /** Opens, asks for everything, and gives the typed refusal if there was one. */
    private static @Nullable RuntimeException open(MemorySegment file) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        RuntimeException refusal = null;
        try (GgufFile opened = GgufBytes.read(file)) {
            readAll(opened);
            ModelSpec.from(opened);
        } catch (GgufException | ModelException typed) {
            refusal = typed;
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - allocated).isLessThan(MOST_ALLOCATED);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);
        return refusal;
    }

    private static void readAll(GgufFile file) {
        for (GgufTensor tensor : file.tensors()) {
            float[] row = new float[tensor.columns()];
            tensor.row(0, row, 0);
            tensor.row(tensor.rows() - 1, row, 0);
        }
        for (String key : file.metadata().keys()) {
            for (Runnable read : reads(file.metadata(), key)) {
                try {
                    read.run();
                } catch (GgufException otherType) {
                    assertThat(otherType.field()).isEqualTo(key);
                }
            }
        }
    }

    private static List<Runnable> reads(GgufMetadata metadata, String key) {
        return List.of(
                () -> metadata.string(key),
                () -> metadata.integer(key),
                () -> metadata.number(key),
                () -> metadata.flag(key),
                () -> metadata.integers(key),
                () -> metadata.floats(key),
                () -> new ArrayList<>(metadata.strings(key)));
    }

    /** Where the first tensor begins. */
    private static int headBytes(byte[] file) {
        long first = Long.MAX_VALUE;
        try (GgufFile opened = GgufBytes.read(file)) {
            for (GgufTensor tensor : opened.tensors()) {
                first = Math.min(first, tensor.data().address());
            }
        }
        return (int) first;
    }

    private static byte[] bytes(String model) {
        try {
            return Files.readAllBytes(OracleFiles.tinyModel(model));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
