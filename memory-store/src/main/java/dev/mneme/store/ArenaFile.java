package dev.mneme.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One arena: a preallocated file of equal slots. Its {@link #bytes} can be read by any thread, whether or not the arena
 * is opened for writing. It is opened for writing, which starts Chronicle Map, when the first block goes in or out: a
 * process that only resumes a session never pays for that, and leaves the clean-shutdown marker in place. All methods
 * that write belong to the store thread.
 */
final class ArenaFile {
    static final String SUFFIX = ".arena";
    private static final Logger LOG = LoggerFactory.getLogger(ArenaFile.class);

    private final Path file;
    private final ArenaLayout layout;
    private final ArenaBytes bytes;
    private final ArenaStretches stretches;

    private @Nullable ChronicleSlots writer;
    private boolean mappedByPages;
    private @Nullable ChronicleSlots writerMappedByPages;
    private boolean clean;
    private int occupied;
    private volatile boolean unwritable;
    private volatile long lastUse;
    private long lastUseInMarker;

    private ArenaFile(Path file, ArenaLayout layout, boolean clean) throws IOException {
        this.file = file;
        this.layout = layout;
        this.clean = clean;
        this.bytes = ArenaBytes.map(file, layout);
        this.stretches = new ArenaStretches(this);
    }

    static Path layoutFile(Path arenaFile) {
        return sibling(arenaFile, ".layout");
    }

    static Path markerFile(Path arenaFile) {
        return sibling(arenaFile, ".clean");
    }

    private static Path sibling(Path arenaFile, String suffix) {
        String name = arenaFile.getFileName().toString();
        return arenaFile.resolveSibling(name.substring(0, name.length() - SUFFIX.length()) + suffix);
    }

    /** Creates and preallocates an arena, open for writing. An {@link IOException} leaves nothing behind. */
    static ArenaFile create(Path file, BlockShape shape, int slots) throws IOException {
        BlockLayout block = new BlockLayout(shape);
        ChronicleSlots writer = null;
        try {
            Files.createDirectories(file.resolveSibling("."));
            writer = ChronicleSlots.create(file, block, slots);
            ArenaLayout layout = new ArenaLayout(shape, slots, firstEntry(writer, block), writer.memory().byteSize());
            Preallocation.allocate(file, layout.firstEntry(), layout.fileBytes());
            layout.write(layoutFile(file));
            ArenaFile arena = new ArenaFile(file, layout, false);
            arena.writer = writer;
            return arena;
        } catch (IOException e) {
            if (writer != null) {
                writer.close();
            }
            Files.deleteIfExists(file);
            Files.deleteIfExists(layoutFile(file));
            throw e;
        }
    }

    /** Chronicle does not say where its entries begin, so two are put in and taken out again. */
    private static long firstEntry(ChronicleSlots writer, BlockLayout block) throws IOException {
        BlockKey first = new BlockKey(0, 0);
        BlockKey second = new BlockKey(0, 1);
        long offset = writer.claim(first);
        long next = writer.claim(second);
        writer.release(first);
        writer.release(second);
        if (offset % 64 != 0 || next - offset != block.stride()) {
            throw new IOException("Chronicle Map laid out its entries at " + offset + " and " + next
                    + ", not 64-byte aligned and " + block.stride() + " apart");
        }
        return offset;
    }

    /** Opens an arena of an earlier process for reading. */
    static ArenaFile load(Path file, ArenaLayout layout, boolean clean) throws IOException {
        return new ArenaFile(file, layout, clean);
    }

    ArenaLayout layout() {
        return layout;
    }

    Path file() {
        return file;
    }

    /** Its bytes, to be read by any thread. */
    ArenaBytes bytes() {
        return bytes;
    }

    /** What of it may be in memory. */
    ArenaStretches stretches() {
        return stretches;
    }

    /** Sees to it that little comes into memory around what is read or written. */
    void mapByPages() {
        if (!mappedByPages) {
            bytes.readByPages();
            mappedByPages = true;
        }
        if (writer != null && writerMappedByPages != writer) {
            PageAdvice.writeByPages(writer.memory());
            writerMappedByPages = writer;
        }
    }

    /** Takes a range out of memory, whichever map it came in by. */
    void giveBack(long from, long to) {
        bytes.giveBack(from, to);
        if (writer != null) {
            PageAdvice.giveBack(writer.memory(), from, to);
        }
    }

    /** Takes back that the arena was closed cleanly: Chronicle will recover it before it is written. */
    void distrust() {
        clean = false;
    }

    /** Notes a use of one of its blocks; called in the order of the uses. */
    void used(long tick) {
        if (tick > lastUse) {
            lastUse = tick;
        }
    }

    long lastUse() {
        return lastUse;
    }

    /** Says how many slots an earlier process left occupied, and that the marker knows all uses so far. */
    void loaded(int occupiedSlots) {
        occupied = occupiedSlots;
        lastUseInMarker = lastUse;
    }

    boolean hasFreeSlot() {
        return occupied < layout.slots();
    }

    /** False once it turned out that Chronicle cannot be trusted with this file; its blocks can still be read. */
    boolean canBeWritten() {
        return !unwritable;
    }

    boolean isOpenForWriting() {
        return writer != null;
    }

    /** Opens for writing if it is not; false, for good, if that cannot be done safely. */
    boolean openForWriting(BlockIndex index) {
        if (writer != null) {
            return true;
        }
        if (unwritable) {
            return false;
        }
        try {
            CleanMarker.delete(markerFile(file));
            ChronicleSlots opened = clean
                    ? ChronicleSlots.openClean(file, layout.block(), layout.slots())
                    : ChronicleSlots.recover(file, layout.block(), layout.slots());
            clean = false;
            index.lookedThrough(this);
            if (reconcile(opened, index)) {
                writer = opened;
                return true;
            }
            opened.close();
            LOG.warn("{} holds a block that its directory lost while it is being read; nothing more is written to it", file);
        } catch (IOException e) {
            LOG.warn("Nothing more is written to {}, its blocks stay readable: {}", file, e.toString());
        }
        unwritable = true;
        return false;
    }

    /**
     * Makes Chronicle's directory and the index agree. A slot that only Chronicle knows holds a put that was cut off: it
     * is freed. A block that only the index knows (found by its header) lies in a slot that Chronicle may give away: it
     * is dropped, and if somebody reads it already the arena must not be written.
     */
    private boolean reconcile(ChronicleSlots opened, BlockIndex index) {
        Map<Integer, BlockEntry> unconfirmed = new HashMap<>();
        index.inArena(this).forEach(entry -> unconfirmed.put(entry.slot, entry));
        for (ChronicleSlots.Occupied place : opened.occupied()) {
            int slot = layout.slotAt(place.entryOffset());
            BlockEntry entry = unconfirmed.get(slot);
            if (entry != null && entry.key.equals(place.key())) {
                unconfirmed.remove(slot);
            } else {
                free(opened, place.key(), slot);
            }
        }
        for (BlockEntry entry : unconfirmed.values()) {
            if (!index.take(entry, Duration.ZERO)) {
                return false;
            }
            BlockHeader.erase(layout.header(opened.memory(), entry.slot));
        }
        occupied = opened.size();
        return true;
    }

    private void free(ChronicleSlots slots, BlockKey key, int slot) {
        BlockHeader.erase(layout.header(slots.memory(), slot));
        slots.release(key);
    }

    /** Writes a block into the slot of its key, a free one if it has none. Nobody may be reading that slot. */
    int write(BlockHeader header, MemorySegment payload) {
        ChronicleSlots slots = requireWriter();
        int slot = layout.slotAt(slots.claim(header.key()));
        occupied = slots.size();
        MemorySegment place = layout.header(slots.memory(), slot);
        BlockHeader.erase(place);
        layout.payload(slots.memory(), slot).copyFrom(payload);
        header.write(place);
        return slot;
    }

    /**
     * Frees the slot of a block that was taken out of the index. Opening the arena for that frees it already, as it
     * does with all that the index does not know.
     */
    void free(BlockEntry taken, BlockIndex index) {
        if (writer != null) {
            free(writer, taken.key, taken.slot);
            occupied = writer.size();
        } else {
            openForWriting(index);
        }
    }

    private ChronicleSlots requireWriter() {
        if (writer == null) {
            throw new IllegalStateException(file + " is not open for writing");
        }
        return writer;
    }

    /** Unmaps and deletes the arena; none of its blocks may be in the index. */
    void delete() throws IOException {
        if (writer != null) {
            writer.close();
            writer = null;
        }
        unwritable = true;
        bytes.close();
        CleanMarker.delete(markerFile(file));
        // First what says that there is an arena: killed in between, it is not missed.
        Files.deleteIfExists(layoutFile(file));
        Files.deleteIfExists(file);
        Directories.sync(file.resolveSibling("."));
    }

    /**
     * Syncs what was written, marks the arena clean and unmaps it. Reading a payload afterwards throws
     * {@link IllegalStateException}.
     *
     * @param blocks of this arena, coldest first
     */
    void close(List<BlockEntry> blocks) throws IOException {
        try {
            if (writer != null) {
                writer.close();
                writer = null;
                sync();
                mark(blocks);
            } else if (clean && lastUse != lastUseInMarker) {
                mark(blocks);
            }
        } finally {
            bytes.close();
        }
    }

    /** Chronicle does not sync on closing. {@code msync} through any map of the file reaches the pages written through another. */
    private void sync() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.map(FileChannel.MapMode.READ_WRITE, 0, layout.fileBytes()).force();
            channel.force(true);
        }
    }

    private void mark(List<BlockEntry> blocks) throws IOException {
        List<CleanMarker.Block> listed = blocks.stream()
                .map(entry -> new CleanMarker.Block(entry.slot, entry.key, entry.lastUse))
                .toList();
        new CleanMarker(bytes.directoryChecksum(), listed).write(markerFile(file));
    }
}
