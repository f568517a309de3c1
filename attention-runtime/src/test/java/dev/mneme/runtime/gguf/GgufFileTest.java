package dev.mneme.runtime.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mneme.runtime.oracle.OracleFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {
    @Test
    void everyKindOfValueIsReadBack() {
        GgufFile file = GgufBytes.head(0, 11)
                .key("u8", ValueType.UINT8).u8(200)
                .key("i32", ValueType.INT32).u32(-7)
                .key("u64", ValueType.UINT64).u64(1L << 30)
                .key("f32", ValueType.FLOAT32).u32(Float.floatToIntBits(0.1f))
                .key("f64", ValueType.FLOAT64).u64(Double.doubleToLongBits(2.5))
                .key("flag", ValueType.BOOL).u8(1)
                .key("text", ValueType.STRING).text("Mnemosyne, Μνημοσύνη")
                .key("texts", ValueType.ARRAY).u32(ValueType.STRING.number).u64(3).text("a").text("").text("ü")
                .key("ints", ValueType.ARRAY).u32(ValueType.INT32.number).u64(2).u32(3).u32(-4)
                .key("floats", ValueType.ARRAY).u32(ValueType.FLOAT32.number).u64(1).u32(Float.floatToIntBits(-2f))
                .key("none", ValueType.ARRAY).u32(ValueType.STRING.number).u64(0)
                .read();
        GgufMetadata metadata = file.metadata();
        assertThat(metadata.integer("u8")).isEqualTo(200);
        assertThat(metadata.integer("i32")).isEqualTo(-7);
        assertThat(metadata.integer("u64")).isEqualTo(1 << 30);
        assertThat(metadata.number("f32")).isEqualTo(0.1f);
        assertThat(metadata.number("f64")).isEqualTo(2.5f);
        assertThat(metadata.flag("flag")).isTrue();
        assertThat(metadata.string("text")).isEqualTo("Mnemosyne, Μνημοσύνη");
        assertThat(metadata.strings("texts")).containsExactly("a", "", "ü");
        assertThat(metadata.strings("texts").bytes(2)).containsExactly(0xC3, 0xBC);
        assertThat(metadata.integers("ints")).containsExactly(3, -4);
        assertThat(metadata.floats("floats")).containsExactly(-2f);
        assertThat(metadata.strings("none")).isEmpty();
        assertThat(metadata.has("nothing")).isFalse();
        assertThat(metadata.integerOr("nothing", 9)).isEqualTo(9);
        assertThat(metadata.keys()).startsWith("u8", "i32").hasSize(11);
    }

    @Test
    void aTensorIsASliceOfTheMap() {
        GgufFile file = GgufBytes.head(2, 1)
                .key("general.alignment", ValueType.UINT32).u32(64)
                .vector("second", 1, 64)
                .text("first").u32(2).u64(2).u64(3).u32(TensorType.F32.number()).u64(0)
                .align(64)
                .u32(Float.floatToIntBits(1f)).u32(Float.floatToIntBits(2f))
                .u32(Float.floatToIntBits(3f)).u32(Float.floatToIntBits(4f))
                .u32(Float.floatToIntBits(5f)).u32(Float.floatToIntBits(6f))
                .align(64)
                .u32(Float.floatToIntBits(7f))
                .read();
        GgufTensor matrix = file.tensor("first");
        assertThat(matrix.columns()).isEqualTo(2);
        assertThat(matrix.rows()).isEqualTo(3);
        assertThat(matrix.values()).containsExactly(1f, 2f, 3f, 4f, 5f, 6f);
        float[] row = new float[3];
        matrix.row(1, row, 1);
        assertThat(row).containsExactly(0f, 3f, 4f);
        assertThat(file.tensor("second").values()).containsExactly(7f);
        assertThat(file.find("third")).isEmpty();
        assertThatThrownBy(() -> file.tensor("third")).isInstanceOf(GgufException.class).hasMessageContaining("third");
    }

    @Test
    void tensorsBeyondTwoGigabytesAreReached(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("large.gguf");
        long offset = 5L << 29;
        byte[] head = GgufBytes.head(2, 0).vector("near", 1, 0).vector("far", 2, offset).align(32).array();
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) { // sparse: takes a few kilobytes
            file.write(head);
            file.seek(head.length + offset);
            file.write(new byte[] {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, 0x40});
        }
        try (GgufFile opened = GgufFile.open(path)) {
            assertThat(opened.tensor("far").values()).containsExactly(1f, 2f);
            assertThat(opened.tensor("near").values()).containsExactly(0f);
        }
    }

    @Test
    void afterCloseNothingIsReadAnyMore() {
        GgufFile file = GgufFile.open(OracleFiles.tinyModel("llama"));
        GgufTensor tensor = file.tensors().iterator().next();
        assertThat(tensor.data().isReadOnly()).isTrue();
        file.close();
        file.close();
        assertThatThrownBy(() -> tensor.data().get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> file.metadata().string("general.name")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsNoModelFileIsNamed(@TempDir Path directory) throws IOException {
        refused(directory.resolve("absent.gguf"), "does not exist");
        refused(directory, "cannot be read");
        refused(Files.createFile(directory.resolve("empty.gguf")), "cut off");
        refused(Files.writeString(directory.resolve("page.gguf"), "<!DOCTYPE html><html>Not found</html>"), "not a GGUF");
    }

    private static void refused(Path path, String why) {
        GgufException refusal = catchThrowableOfType(GgufException.class, () -> GgufFile.open(path));
        assertThat(refusal).hasMessageContaining(path.toString()).hasMessageContaining(why);
        assertThat(refusal.file()).isEqualTo(path);
    }

    @Test
    void versionsOtherThanTwoAndThreeAreRefused() {
        refused(new GgufBytes().u32(0x46554747).u32(1).u64(0).u64(0), 4, "version", "version 1 is not supported");
        refused(new GgufBytes().u32(0x46554747).u32(4).u64(0).u64(0), 4, "version", "version 4 is not supported");
        refused(new GgufBytes().u32(0x46554747).u32(3 << 24).u64(0).u64(0), 4, "version", "big-endian");
        assertThat(new GgufBytes().u32(0x46554747).u32(2).u64(0).u64(0).read().tensors()).isEmpty();
    }

    @Test
    void absurdCountsAreRefusedBeforeAnythingIsAllocated() {
        for (long absurd : List.of(-1L, Long.MIN_VALUE, 1L << 62, 1L << 32, 1_000_000L)) {
            refused(GgufBytes.head(absurd, 0).zeros(32), 8, "tensor count", "more than the remaining");
            refused(GgufBytes.head(0, absurd).zeros(32), 16, "metadata count", "more than the remaining");
            refused(GgufBytes.head(0, 1).u64(absurd).zeros(32), 24, "metadata key", "more than the remaining");
            refused(GgufBytes.head(0, 1).key("k", ValueType.STRING).u64(absurd).zeros(32), 37, "k", "remaining");
            for (ValueType element : List.of(ValueType.UINT8, ValueType.STRING, ValueType.FLOAT64)) {
                refused(
                        GgufBytes.head(0, 1).key("k", ValueType.ARRAY).u32(element.number).u64(absurd).zeros(32),
                        41, "k", "remaining");
            }
            refused(
                    GgufBytes.head(0, 1).key("k", ValueType.ARRAY).u32(ValueType.STRING.number).u64(2)
                            .text("a").u64(absurd).zeros(32),
                    58, "k", "string 1 of 2 runs past the end");
        }
    }

    @Test
    void valuesThatAreNoneAreRefused() {
        refused(GgufBytes.head(0, 1).text("k").u32(13).zeros(8), 33, "k", "value type 13");
        refused(GgufBytes.head(0, 1).text("k").u32(-1).zeros(8), 33, "k", "value type 4294967295");
        refused(GgufBytes.head(0, 1).key("k", ValueType.BOOL).u8(2), 37, "k", "boolean with the value 2");
        refused(GgufBytes.head(0, 1).key("k", ValueType.UINT64).u64(-1), 37, "k", "beyond every sensible value");
        refused(
                GgufBytes.head(0, 1).key("k", ValueType.ARRAY).u32(ValueType.ARRAY.number).u64(0).zeros(8),
                37, "k", "array of arrays");
        refused(GgufBytes.head(0, 1).u64(70_000).zeros(80_000), 24, "metadata key", "at most 65535");
        for (int alignment : new int[] {0, 4, 33, 1 << 21, -32}) {
            refused(
                    GgufBytes.head(0, 1).key("general.alignment", ValueType.INT32).u32(alignment),
                    -1, "general.alignment", "not a power of two");
        }
    }

    @Test
    void aKeyOrTensorThatComesTwiceIsRefused() {
        refused(
                GgufBytes.head(0, 2).key("k", ValueType.UINT8).u8(1).key("k", ValueType.UINT8).u8(1),
                38, "k", "appears twice");
        refused(
                GgufBytes.head(2, 0).vector("t", 1, 0).vector("t", 1, 32).align(32).zeros(64),
                57, "t", "appears twice");
    }

    @Test
    void tensorsThatDoNotFitTheFileAreRefused() {
        refused(GgufBytes.head(1, 0).vector("t", 9, 0).align(32).zeros(35), 24, "t", "ends beyond the file's");
        refused(GgufBytes.head(1, 0).vector("t", 1, 32).align(32).zeros(32), 24, "t", "ends beyond the file's");
        refused(GgufBytes.head(1, 0).vector("t", 1, -32).align(32).zeros(32), 24, "t", "ends beyond the file's");
        refused(GgufBytes.head(1, 0).vector("t", 1, 1L << 62).align(32).zeros(32), 24, "t", "ends beyond the file's");
        refused(GgufBytes.head(1, 0).vector("t", 1, 4).align(32).zeros(64), 24, "t", "alignment 32");
        refused(GgufBytes.head(1, 0).vector("t", 0, 0).align(32).zeros(64), 24, "t", "dimension 0 is 0");
        refused(GgufBytes.head(1, 0).vector("t", -1, 0).align(32).zeros(64), 24, "t", "dimension 0 is 18446744073709551615");
        refused(GgufBytes.head(1, 0).vector("t", 1L << 40, 0).align(32).zeros(64), 24, "t", "more values than the file");
        refused(
                GgufBytes.head(1, 0).text("t").u32(4).u64(1 << 16).u64(1 << 16).u64(1 << 16).u64(1 << 16).u32(0).u64(0),
                24, "t", "more values than the file");
    }

    @Test
    void tensorsThatShareBytesAreRefused() {
        refused(
                GgufBytes.head(2, 0).vector("a", 9, 0).vector("b", 1, 32).align(32).zeros(64),
                57, "b", "shares bytes with the tensor a");
        refused(
                GgufBytes.head(2, 0).vector("a", 1, 0).vector("b", 1, 0).align(32).zeros(64),
                57, "b", "shares bytes with the tensor a");
    }

    @Test
    void tensorsOfUnknownKindAreRefused() {
        refused(GgufBytes.head(1, 0).text("t").u32(0).u32(0).u64(0).zeros(16), 24, "t", "0 dimensions");
        refused(GgufBytes.head(1, 0).text("t").u32(5).zeros(64), 24, "t", "5 dimensions");
        refused(GgufBytes.head(1, 0).text("t").u32(1).u64(32).u32(20).u64(0).zeros(64), 45, "t", "tensor type 20");
        refused(GgufBytes.head(1, 0).text("t").u32(1).u64(33).u32(8).u64(0).zeros(64), 24, "t", "no whole number of Q8_0");
    }

    @Test
    void aValueOfTheWrongTypeIsNamedWhenItIsAskedFor() {
        GgufMetadata metadata = GgufBytes.head(0, 2)
                .key("text", ValueType.STRING).text("four")
                .key("huge", ValueType.UINT32).u32(-1)
                .read()
                .metadata();
        assertThatThrownBy(() -> metadata.integer("text")).hasMessageContainingAll("text", "is a string where an integer");
        assertThatThrownBy(() -> metadata.integerOr("text", 1)).isInstanceOf(GgufException.class);
        assertThatThrownBy(() -> metadata.strings("text")).hasMessageContaining("where an array of strings");
        assertThatThrownBy(() -> metadata.floats("text")).hasMessageContaining("where an array of 32-bit floats");
        assertThatThrownBy(() -> metadata.flag("text")).hasMessageContaining("where a boolean");
        assertThatThrownBy(() -> metadata.integer("huge")).hasMessageContaining("is 4294967295");
        assertThatThrownBy(() -> metadata.string("absent")).hasMessageContaining("is missing");
    }

    private static void refused(GgufBytes bytes, long offset, String field, String why) {
        GgufException refusal = catchThrowableOfType(GgufException.class, bytes::read);
        assertThat(refusal).as("%s: %s", field, why).isNotNull().hasMessageContaining(why);
        assertThat(refusal.offset()).as(refusal.getMessage()).isEqualTo(offset);
        assertThat(refusal.field()).startsWith(field);
    }
}
