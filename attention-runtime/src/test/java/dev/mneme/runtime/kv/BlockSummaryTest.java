package dev.mneme.runtime.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockSummaryTest {
    /** The golden F16 block as the fourth of a chunk and, summarised once more, as its last: what lies on disk stays what it is. */
    @Test
    void theBytesOfAChunkAreThoseOfItsGoldenFile() throws IOException {
        KvLayout layout = new KvLayout(KvFormat.F16, 1, 48, List.of(new LayerGroup(0, 0, List.of(0))));
        SummaryLayout summaries = SummaryLayout.of(layout);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocateFrom(ValueLayout.JAVA_BYTE, golden("kv-block-F16.bin"));
            MemorySegment chunk = arena.allocate(summaries.bytes(), 64);
            BlockSummary.writeAll(layout, block, chunk, 3);
            BlockSummary.writeAll(layout, block, chunk, SummaryLayout.BLOCKS - 1);
            assertThat(chunk.toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo(golden("kv-summaries-" + SummaryLayout.VERSION + ".bin"));
        }
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream file = BlockSummaryTest.class.getResourceAsStream("/golden/" + name)) {
            assertThat(file).as(name).isNotNull();
            return file.readAllBytes();
        }
    }
}
