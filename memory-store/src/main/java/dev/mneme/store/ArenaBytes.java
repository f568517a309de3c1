package dev.mneme.store;

import dev.mneme.store.BlockEntry.Inspection;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The bytes of an arena, through a read-only map of its file that is ours: any thread may read and check them. */
final class ArenaBytes implements AutoCloseable {
    private final ArenaLayout layout;
    private final Arena scope;
    private final MemorySegment memory;

    private ArenaBytes(ArenaLayout layout, Arena scope, MemorySegment memory) {
        this.layout = layout;
        this.scope = scope;
        this.memory = memory;
    }

    static ArenaBytes map(Path file, ArenaLayout layout) throws IOException {
        Arena scope = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new ArenaBytes(
                    layout, scope, channel.map(FileChannel.MapMode.READ_ONLY, 0, layout.fileBytes(), scope));
        }
    }

    long address() {
        return memory.address();
    }

    /** Has the kernel map little around each page that is read. */
    void readByPages() {
        PageAdvice.readByPages(memory);
    }

    /** Takes a range out of memory; harmless under a reader, and for nothing after {@link #close}. */
    void giveBack(long from, long to) {
        if (scope.scope().isAlive()) {
            PageAdvice.giveBack(memory, from, to);
        }
    }

    /** Has the kernel begin to read a block; not to be called beside {@link #close}. */
    void prefetch(int slot) {
        PageAdvice.prefetch(memory, layout.entryOffset(slot), layout.entryOffset(slot + 1));
    }

    MemorySegment payload(int slot) {
        return layout.payload(memory, slot);
    }

    BlockHeader.Reading header(int slot) {
        return BlockHeader.read(layout.header(memory, slot), layout.shape());
    }

    /** Checksum over what Chronicle keeps before its entries. */
    long directoryChecksum() {
        return Checksum.of(memory.asSlice(0, layout.firstEntry()));
    }

    /** Reads all of a block and says whether it is the one with this key, as written. */
    Inspection inspect(int slot, BlockKey key) {
        try {
            return switch (header(slot)) {
                case BlockHeader.Reading.Empty _ -> new Inspection.Unsound("its header is gone", -1);
                case BlockHeader.Reading.Broken(String reason) -> new Inspection.Unsound(reason, -1);
                case BlockHeader.Reading.Newer(int version) -> new Inspection.Unsound("its header has the unknown version " + version, -1);
                case BlockHeader.Reading.Whole(BlockHeader header) -> inspect(slot, key, header);
            };
        } catch (InternalError e) {
            // A page that the device cannot read, or that was cut off under the map.
            return new Inspection.Unsound("it cannot be read: " + e.getMessage(), -1);
        }
    }

    private Inspection inspect(int slot, BlockKey key, BlockHeader header) {
        if (!header.key().equals(key)) {
            return new Inspection.Unsound("it is the block " + header.key(), -1);
        }
        if (!leadIsIntact(slot, key)) {
            return new Inspection.Unsound("its entry's key does not match", -1);
        }
        int section = header.firstDamagedSection(payload(slot));
        return section >= 0
                ? new Inspection.Unsound("checksum of section " + section + " does not match", section)
                : new Inspection.Sound(header.blockChecksum());
    }

    private boolean leadIsIntact(int slot, BlockKey key) {
        byte[] expected = new byte[BlockLayout.HEADER_OFFSET];
        System.arraycopy(key.toBytes(), 0, expected, 0, BlockKey.BYTES);
        return memory.asSlice(layout.entryOffset(slot), expected.length).mismatch(MemorySegment.ofArray(expected)) == -1;
    }

    /** Reading the bytes after this throws {@link IllegalStateException}. */
    @Override
    public void close() {
        scope.close();
    }
}
