package dev.mneme.runtime.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KvLayoutTest {
    @Property(tries = 50)
    void everyNumberHasItsOwnPlaceAndEveryHeadStartsAtAMultipleOf64Bytes(
            @ForAll KvFormat format, @ForAll @IntRange(min = 1, max = 3) int kvHeads,
            @ForAll @IntRange(min = 1, max = 3) int sixteenths, @ForAll @IntRange(min = 1, max = 3) int layers) {
        KvLayout layout = layout(format, kvHeads, 16 * sixteenths, layers);
        BitSet taken = new BitSet();
        for (int layer = 0; layer < layers; layer++) {
            for (int head = 0; head < kvHeads; head++) {
                take(taken, layout.keyOffset(layer, head), layout.keyBytes());
                take(taken, layout.valueOffset(layer, head), layout.valueBytes());
            }
        }
        assertThat((long) taken.cardinality()).isEqualTo(layout.groupBytes(0));
        assertThat((long) taken.length()).isEqualTo(layout.groupBytes(0));
    }

    @Test
    void keysLieDimensionByDimensionAndValuesTokenByToken() {
        KvLayout layout = layout(KvFormat.F16, 2, 16, 2);
        KvWriter writer = new KvWriter(KvFormat.F16);
        float[] numbers = new float[20];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment payload = arena.allocate(layout.groupBytes(0), 64);
            writer.writeKey(numbers, 4, 16, payload, layout.keyOffset(1, 1), 63);
            writer.writeValue(numbers, 4, 16, payload, layout.valueOffset(1, 1), 63);
            for (int d = 0; d < 16; d++) {
                assertThat(half(payload, layout.keyOffset(1, 1) + 2 * (64 * d + 63))).isEqualTo(4 + d);
                assertThat(half(payload, layout.valueOffset(1, 1) + 2 * (16 * 63 + d))).isEqualTo(4 + d);
            }
        }
    }

    @Test
    void aShapeThatKernelsCannotReadIsRefused() {
        assertThatThrownBy(() -> layout(KvFormat.F16, 1, 24, 1)).hasMessageContaining("multiple of 16");
        assertThatThrownBy(() -> new KvLayout(KvFormat.F16, 1, 16, List.of(new LayerGroup(1, 0, List.of(0)))))
                .hasMessageContaining("index 0");
    }

    private static KvLayout layout(KvFormat format, int kvHeads, int headDim, int layers) {
        List<Integer> numbers = IntStream.range(0, layers).boxed().toList();
        return new KvLayout(format, kvHeads, headDim, List.of(new LayerGroup(0, 0, numbers)));
    }

    private static void take(BitSet taken, long from, long count) {
        assertThat(from % 64).isZero();
        assertThat(taken.get((int) from, (int) (from + count)).isEmpty()).isTrue();
        taken.set((int) from, (int) (from + count));
    }

    private static float half(MemorySegment payload, long offset) {
        return Float.float16ToFloat(payload.get(ValueLayout.JAVA_SHORT, offset));
    }
}
