package dev.mneme.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** Payloads that follow from their key, as KV does, and the short way to put and read them. */
final class Blocks {
    static final BlockShape SMALL = new BlockShape(3, 64);
    static final BlockShape OTHER = new BlockShape(2, 128);

    private Blocks() {
    }

    static BlockKey key(long n) {
        return new BlockKey(n * 0x9e3779b97f4a7c15L, n);
    }

    static MemorySegment payload(BlockKey key, BlockShape shape) {
        MemorySegment payload = Arena.ofAuto().allocate(shape.payloadBytes(), 64);
        Random random = new Random(key.high() ^ key.low());
        for (long at = 0; at < payload.byteSize(); at += 8) {
            payload.set(ValueLayout.JAVA_LONG, at, random.nextLong());
        }
        return payload;
    }

    static long put(BlockStore store, BlockKey key, BlockShape shape) {
        return join(store, key, shape);
    }

    private static long join(BlockStore store, BlockKey key, BlockShape shape) {
        try {
            return store.put(key, shape, payload(key, shape)).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    static BlockLease lease(BlockStore store, BlockKey key, BlockShape shape) {
        LeaseResult result = store.lease(key, shape);
        assertThat(result).isInstanceOf(LeaseResult.Leased.class);
        return ((LeaseResult.Leased) result).lease();
    }

    static void assertServed(BlockStore store, BlockKey key, BlockShape shape) {
        try (BlockLease lease = lease(store, key, shape)) {
            assertThat(lease.key()).isEqualTo(key);
            assertThat(lease.payload().mismatch(payload(key, shape))).isEqualTo(-1);
            assertThat(lease.payload().address() % 64).isZero();
            assertThat(lease.payload().isReadOnly()).isTrue();
            assertThat(lease.checksum()).isEqualTo(BlockStore.checksum(payload(key, shape), shape));
        }
    }

    /** Deletes a directory with all that is in it. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    static void assertMissing(BlockStore store, BlockKey key, BlockShape shape) {
        assertThat(store.lease(key, shape)).isEqualTo(new LeaseResult.Missing());
    }
}
