package dev.mneme.runtime.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.runtime.oracle.OracleFiles;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class DequantizationTest {
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "F32")
    void blocksGiveTheBitsThatTheFormatDefines(TensorType type) {
        JsonNode root = OracleFiles.json("tiny/blocks-" + type.name().toLowerCase(Locale.ROOT));
        assertThat(type.number()).isEqualTo(root.get("ggml_type").intValue());
        assertThat(type.valuesPerBlock()).isEqualTo(root.get("values_per_block").intValue());
        assertThat(type.bytesPerBlock()).isEqualTo(root.get("bytes_per_block").intValue());
        assertThat(root.get("blocks")).hasSize(4);
        for (JsonNode block : root.get("blocks")) {
            byte[] stored = HexFormat.of().parseHex(block.get("hex").textValue());
            int count = block.get("values").size();
            float[] values = new float[count + 2];
            // One byte and one value off the start, as blocks lie anywhere in a file.
            byte[] shifted = new byte[stored.length + 1];
            System.arraycopy(stored, 0, shifted, 1, stored.length);
            type.dequantize(MemorySegment.ofArray(shifted), 1, values, 1, count);
            for (int i = 0; i < count; i++) {
                float expected = (float) block.get("values").get(i).doubleValue();
                assertThat(Float.floatToRawIntBits(values[1 + i]))
                        .as("%s, value %d: %s, expected %s", block.get("about"), i, values[1 + i], expected)
                        .isEqualTo(Float.floatToRawIntBits(expected));
            }
            assertThat(values[0]).isZero();
            assertThat(values[count + 1]).isZero();
        }
    }

    @Test
    void f32IsReadAsItIs() {
        float[] stored = {1.5f, -0f, Float.MIN_VALUE, Float.MAX_VALUE};
        float[] values = new float[4];
        TensorType.F32.dequantize(MemorySegment.ofArray(stored), 0, values, 0, 4);
        assertThat(values).isEqualTo(stored);
    }

    @Test
    void partOfABlockIsRefused() {
        MemorySegment block = MemorySegment.ofArray(new byte[TensorType.Q4_K.bytesPerBlock()]);
        assertThatThrownBy(() -> TensorType.Q4_K.dequantize(block, 0, new float[256], 0, 32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Q4_K blocks of 256");
    }

    @ParameterizedTest
    @EnumSource
    void readingPastTheEndIsRefused(TensorType type) {
        int count = type.valuesPerBlock();
        MemorySegment cut = MemorySegment.ofArray(new byte[type.bytesPerBlock() - 1]);
        assertThatThrownBy(() -> type.dequantize(cut, 0, new float[count], 0, count))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
