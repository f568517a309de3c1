package dev.mneme.actors.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.actors.TinyTenant;
import dev.mneme.runtime.kv.SummaryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whose memory chunks of summaries are in. */
@Timeout(60)
class OpenChunkTest {
    private final BlockBuffers buffers = BlockBuffers.ofChunks(new SummaryLayout(2, 1, 16));

    @TempDir
    private Path directory;

    @Test
    void whatIsGivenBackIsUsedAgainZeroed() {
        OpenChunk first = new OpenChunk(buffers);
        first.bytes().fill((byte) 1);
        first.rows().set(0, SummaryLayout.BLOCKS);
        long address = first.bytes().address();
        first.release();

        OpenChunk next = new OpenChunk(buffers);

        assertThat(next.bytes().address()).isEqualTo(address);
        assertThat(next.bytes().toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
        assertThat(next.isFull()).isFalse();
    }

    @Test
    void whatTheStoreStillReadsIsNotUsedAgain() {
        OpenChunk first = new OpenChunk(buffers);
        long address = first.bytes().address();
        CompletableFuture<Long> stored = new CompletableFuture<>();
        first.readUntil(stored);
        first.release();

        OpenChunk meanwhile = new OpenChunk(buffers);
        stored.completeExceptionally(new IllegalStateException("no room"));
        OpenChunk after = new OpenChunk(buffers);

        assertThat(meanwhile.bytes().address()).isNotEqualTo(address);
        assertThat(after.bytes().address()).isEqualTo(address);
    }

    /** Many turns between two collections take no more memory than one. */
    @Test
    void aTurnTakesTheMemoryOfTheOneBefore() {
        try (TinyTenant tenant = new TinyTenant(directory, Long.MAX_VALUE)) {
            long address = chunkOfATurn(tenant, "first");

            assertThat(chunkOfATurn(tenant, "second")).isEqualTo(address);
        }
    }

    private static long chunkOfATurn(TinyTenant tenant, String session) {
        try (SessionMemory memory = tenant.open(session).memory()) {
            MemorySegment chunk = memory.summaries().open(0, 0);
            return chunk.address();
        }
    }
}
