package dev.mneme.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What never changes about one arena file, kept beside it, so that its blocks can be found and read without opening
 * Chronicle Map.
 *
 * @param shape of every block in it
 * @param slots how many blocks fit
 * @param firstEntry offset of slot 0 in the file
 * @param fileBytes length of the file
 */
record ArenaLayout(BlockShape shape, int slots, long firstEntry, long fileBytes) {
    private static final String MAGIC = "MNEMARNA";

    BlockLayout block() {
        return new BlockLayout(shape);
    }

    long entryOffset(int slot) {
        return firstEntry + (long) slot * block().stride();
    }

    int slotAt(long entryOffset) {
        return Math.toIntExact((entryOffset - firstEntry) / block().stride());
    }

    /** Where the header of a slot lies in an arena's memory. */
    MemorySegment header(MemorySegment arena, int slot) {
        return arena.asSlice(entryOffset(slot) + BlockLayout.HEADER_OFFSET, block().headerBytes(), 64);
    }

    /** Where the payload of a slot lies in an arena's memory. */
    MemorySegment payload(MemorySegment arena, int slot) {
        return arena.asSlice(entryOffset(slot) + block().payloadOffset(), shape.payloadBytes(), 64);
    }

    boolean fits() {
        return firstEntry >= 0 && firstEntry % 64 == 0 && slots > 0 && entryOffset(slots) <= fileBytes;
    }

    void write(Path file) throws IOException {
        ByteBuffer body = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
        body.putInt(shape.sections()).putInt(shape.sectionBytes()).putInt(slots).putLong(firstEntry).putLong(fileBytes);
        new Frame(MAGIC, StoreFormat.ARENA, body.array()).replace(file);
    }

    /**
     * {@code null} where there is none that can be trusted.
     *
     * @param window of the shape, which the file does not tell
     */
    static @Nullable ArenaLayout read(Path file, int window) throws IOException {
        if (!(Frame.read(file, MAGIC) instanceof Frame.Reading.Whole(Frame frame))) {
            return null;
        }
        StoreFormat.requireKnown(file, frame.version(), StoreFormat.ARENA);
        ByteBuffer body = frame.bodyBuffer();
        BlockShape shape = new BlockShape(body.getInt(), body.getInt(), window);
        ArenaLayout layout = new ArenaLayout(shape, body.getInt(), body.getLong(), body.getLong());
        return layout.fits() ? layout : null;
    }
}
