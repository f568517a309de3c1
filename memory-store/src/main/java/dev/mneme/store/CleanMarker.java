package dev.mneme.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says that an arena was closed cleanly, and what is in it. It is deleted, and its directory synced, before the first
 * write to the arena, and written after the arena was synced and closed.
 *
 * @param directoryChecksum over everything in the arena file before its first entry, which is Chronicle's own
 * @param blocks what lies in which slot
 */
record CleanMarker(long directoryChecksum, List<Block> blocks) {
    private static final String MAGIC = "MNEMCLEA";
    private static final int BLOCK_BYTES = 28;

    record Block(int slot, BlockKey key, long lastUse) {
    }

    boolean fits(ArenaLayout layout) {
        return blocks.stream().allMatch(block -> block.slot() >= 0 && block.slot() < layout.slots());
    }

    void write(Path file) throws IOException {
        ByteBuffer body = ByteBuffer.allocate(12 + blocks.size() * BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        body.putLong(directoryChecksum).putInt(blocks.size());
        for (Block block : blocks) {
            body.putInt(block.slot()).putLong(block.key().high()).putLong(block.key().low()).putLong(block.lastUse());
        }
        new Frame(MAGIC, StoreFormat.ARENA, body.array()).replace(file);
    }

    /** {@code null} where there is none that can be trusted. */
    static @Nullable CleanMarker read(Path file) throws IOException {
        if (!(Frame.read(file, MAGIC) instanceof Frame.Reading.Whole(Frame frame))) {
            return null;
        }
        StoreFormat.requireKnown(file, frame.version(), StoreFormat.ARENA);
        ByteBuffer body = frame.bodyBuffer();
        long directoryChecksum = body.getLong();
        int count = body.getInt();
        List<Block> blocks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            blocks.add(new Block(body.getInt(), new BlockKey(body.getLong(), body.getLong()), body.getLong()));
        }
        return new CleanMarker(directoryChecksum, blocks);
    }

    static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            Directories.sync(file.resolveSibling("."));
        }
    }
}
