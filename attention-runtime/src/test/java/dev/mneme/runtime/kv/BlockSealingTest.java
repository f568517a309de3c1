package dev.mneme.runtime.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockSealingTest {
    private static final int BLOCK = KvLayout.BLOCK;

    @Property(tries = 60)
    void everyNumberComesBackToHalfAStepOfItsScale(
            @ForAll("quantized") KvFormat format, @ForAll @IntRange(min = 1, max = 9) int sixteens, @ForAll long seed) {
        KvLayout layout = layout(format, 16 * sixteens);
        try (Arena arena = Arena.ofConfined()) {
            BlockPayload written = written(arena, layout, new Random(seed));
            BlockPayload sealed = sealed(arena, layout, written);
            for (int head = 0; head < 4; head++) {
                compareKeys(written, sealed, head / 2, head % 2);
                compareValues(written, sealed, head / 2, head % 2);
            }
        }
    }

    private static void compareKeys(BlockPayload written, BlockPayload sealed, int layer, int head) {
        long from = written.layout().keyOffset(layer, head);
        long to = sealed.layout().keyOffset(layer, head);
        for (int d = 0; d < sealed.layout().headDim(); d++) {
            float largest = 0;
            for (int j = 0; j < BLOCK; j++) {
                largest = Math.max(largest, Math.abs(KvNumbers.key(written, from, d, j)));
            }
            for (int j = 0; j < BLOCK; j++) {
                assertThat(KvNumbers.key(sealed, to, d, j))
                        .isCloseTo(KvNumbers.key(written, from, d, j), within(0.57f * largest / 127 + 4e-6f));
            }
        }
    }

    private static void compareValues(BlockPayload written, BlockPayload sealed, int layer, int head) {
        long from = written.layout().valueOffset(layer, head);
        long to = sealed.layout().valueOffset(layer, head);
        int headDim = sealed.layout().headDim();
        for (int j = 0; j < BLOCK; j++) {
            for (int first = 0; first < headDim; first += sealed.layout().valueGroup()) {
                float smallest = Float.POSITIVE_INFINITY;
                float largest = Float.NEGATIVE_INFINITY;
                int end = first + sealed.layout().valueGroup();
                for (int d = first; d < end; d++) {
                    smallest = Math.min(smallest, KvNumbers.value(written, from, j, d));
                    largest = Math.max(largest, KvNumbers.value(written, from, j, d));
                }
                float step = sealed.layout().format() == KvFormat.I8
                        ? Math.max(Math.abs(smallest), Math.abs(largest)) / 127 : (largest - smallest) / 15;
                for (int d = first; d < end; d++) {
                    assertThat(KvNumbers.value(sealed, to, j, d))
                            .isCloseTo(KvNumbers.value(written, from, j, d), within(0.57f * step + 4e-6f));
                }
            }
        }
    }

    @Test
    void halfwayNumbersGoToTheEvenCode() {
        KvLayout layout = layout(KvFormat.I8, 16);
        try (Arena arena = Arena.ofConfined()) {
            BlockPayload written = new BlockPayload(layout.written(), arena.allocate(layout.written().groupBytes(0), 64));
            KvWriter writer = new KvWriter(KvFormat.I8);
            float[] numbers = new float[16];
            float[] halves = {127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 126.5f};
            for (int j = 0; j < halves.length; j++) {
                numbers[3] = halves[j];
                writer.writeKey(numbers, 0, 16, written.bytes(), written.layout().keyOffset(0, 0), j);
            }
            BlockPayload sealed = sealed(arena, layout, written);
            float[] rounded = {127, 0, 2, 2, 0, -2, 126};
            for (int j = 0; j < rounded.length; j++) {
                assertThat(KvNumbers.key(sealed, 0, 3, j)).isEqualTo(rounded[j] + 0f);
            }
        }
    }

    /** The golden F16 block, written and sealed in each format: what lies on disk stays what it is. */
    @ParameterizedTest
    @EnumSource(KvFormat.class)
    void theBytesOfABlockAreThoseOfItsGoldenFile(KvFormat format) throws IOException {
        KvLayout layout = new KvLayout(format, 1, 48, List.of(new LayerGroup(0, 0, List.of(0))));
        try (Arena arena = Arena.ofConfined()) {
            BlockPayload numbers = new BlockPayload(
                    layout.in(KvFormat.F16), arena.allocateFrom(ValueLayout.JAVA_BYTE, golden(KvFormat.F16)));
            KvLayout open = layout.written();
            BlockPayload written = new BlockPayload(open, arena.allocate(open.groupBytes(0), 64));
            write(numbers, written, new KvWriter(format));
            BlockPayload kept = written;
            if (format.isQuantized()) {
                kept = new BlockPayload(layout, arena.allocate(layout.groupBytes(0), 64));
                new BlockSealing().seal(written, kept, 0, 0);
            }
            assertThat(kept.bytes().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(golden(format));
        }
    }

    private static void write(BlockPayload from, BlockPayload to, KvWriter writer) {
        float[] numbers = new float[48];
        for (int j = 0; j < BLOCK; j++) {
            for (int d = 0; d < numbers.length; d++) {
                numbers[d] = KvNumbers.key(from, 0, d, j);
            }
            writer.writeKey(numbers, 0, numbers.length, to.bytes(), 0, j);
            for (int d = 0; d < numbers.length; d++) {
                numbers[d] = KvNumbers.value(from, from.layout().keyBytes(), j, d);
            }
            writer.writeValue(numbers, 0, numbers.length, to.bytes(), to.layout().keyBytes(), j);
        }
    }

    private static byte[] golden(KvFormat format) throws IOException {
        String name = "/golden/kv-block-" + format + ".bin";
        try (InputStream file = BlockSealingTest.class.getResourceAsStream(name)) {
            assertThat(file).as(name).isNotNull();
            return file.readAllBytes();
        }
    }

    @Test
    void blocksThatAreKeptAsWrittenAreNotSealed() {
        KvLayout layout = layout(KvFormat.F16, 16);
        try (Arena arena = Arena.ofConfined()) {
            BlockPayload written = written(arena, layout, new Random(1));
            assertThatThrownBy(() -> sealed(arena, layout, written)).hasMessageContaining("kept as they were written");
        }
    }

    @Provide
    Arbitrary<KvFormat> quantized() {
        return Arbitraries.of(KvFormat.I8, KvFormat.K8V4);
    }

    private static KvLayout layout(KvFormat format, int headDim) {
        return new KvLayout(format, 2, headDim, List.of(new LayerGroup(0, 0, List.of(0, 1))));
    }

    /** Numbers of very different sizes; dimension 1 and token 1 are 0, dimension 2 is the same in all tokens. */
    private static BlockPayload written(Arena arena, KvLayout sealed, Random random) {
        KvLayout layout = sealed.written();
        BlockPayload payload = new BlockPayload(layout, arena.allocate(layout.groupBytes(0), 64));
        KvWriter writer = new KvWriter(sealed.format());
        float[] key = new float[layout.headDim()];
        float[] value = new float[layout.headDim()];
        for (int head = 0; head < 4; head++) {
            for (int j = 0; j < BLOCK; j++) {
                for (int d = 0; d < key.length; d++) {
                    float size = d == 1 || j == 1 ? 0 : d % 7 == 3 ? 40 : d % 5 == 2 ? 1e-3f : 1;
                    key[d] = d == 2 ? 1.25f : (float) random.nextGaussian() * size;
                    value[d] = d == 2 ? -0.75f : (random.nextFloat() - 0.25f) * size;
                }
                long keys = layout.keyOffset(head / 2, head % 2);
                writer.writeKey(key, 0, key.length, payload.bytes(), keys, j);
                writer.writeValue(value, 0, value.length, payload.bytes(), layout.valueOffset(head / 2, head % 2), j);
            }
        }
        return payload;
    }

    private static BlockPayload sealed(Arena arena, KvLayout layout, BlockPayload written) {
        MemorySegment bytes = arena.allocate(layout.groupBytes(0), 64);
        BlockPayload sealed = new BlockPayload(layout, bytes);
        BlockSealing sealing = new BlockSealing();
        for (int head = 0; head < 4; head++) {
            sealing.seal(written, sealed, head / 2, head % 2);
        }
        return sealed;
    }
}
