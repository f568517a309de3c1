package dev.mneme.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.bytes.RandomDataOutput;
import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.core.onoes.ExceptionHandler;
import net.openhft.chronicle.hash.AbstractData;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.hash.impl.SizePrefixedBlob;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.ExternalMapQueryContext;
import net.openhft.chronicle.map.MapEntry;
import net.openhft.chronicle.map.VanillaChronicleMap;
import net.openhft.posix.internal.PosixAPIHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One arena opened for writing: a persisted Chronicle Map that hands out the fixed slots of its file by key. Used by
 * one thread at a time, in practice the store thread. Bytes of a slot are read and written through the memory, never
 * through Chronicle, and no Chronicle lock outlives a call here.
 *
 * <p>What had to be known of Chronicle Map 2026.1:
 * <ul>
 * <li>Constant sizes, one segment and no tiering make exactly {@code slots} entries fit, at a constant stride; without
 *     its entry checksums the value ends the entry. An entry that is neither removed nor resized keeps its place.</li>
 * <li>It allocates disk space, and syncs, through JNR, which is slow to start: {@link Preallocation} and the file
 *     channel do that instead, and its native calls are switched off before its first class is loaded.</li>
 * <li>A plain open of a file whose writer was killed may wait a minute on a dead lock, so such files are recovered;
 *     recovery needs the header that the file has, and the file's own sizes win over the builder's.</li>
 * <li>Closing does not sync, and nothing can be synced through it after.</li>
 * <li>Its exit hook would unmap memory under running readers; it is switched off.</li>
 * </ul>
 */
final class ChronicleSlots implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChronicleSlots.class);

    private static final int MAX_HEADER_BYTES = 1 << 16;

    static {
        PosixAPIHolder.useNoOpPosixApi();
    }

    private final VanillaChronicleMap<byte[], byte[], ?> map;
    private final MemorySegment memory;
    private final Data<byte[]> blank;

    @SuppressWarnings("restricted") // The memory is Chronicle's, and is not touched after close.
    private ChronicleSlots(ChronicleMap<byte[], byte[]> map, BlockLayout layout) {
        this.map = (VanillaChronicleMap<byte[], byte[], ?>) map;
        this.memory = MemorySegment.ofAddress(this.map.bsAddress()).reinterpret(this.map.dataStoreSize());
        this.blank = new Blank(layout.valueBytes());
    }

    /** A slot as Chronicle sees it. */
    record Occupied(BlockKey key, long entryOffset) {
    }

    /** Creates a file that must not exist; its space is not allocated yet. */
    static ChronicleSlots create(Path file, BlockLayout layout, int slots) throws IOException {
        return open(file, layout, () -> builder(layout, slots).createPersistedTo(file.toFile()));
    }

    /** Opens a file that was cleanly closed. */
    static ChronicleSlots openClean(Path file, BlockLayout layout, int slots) throws IOException {
        return open(file, layout, () -> builder(layout, slots).createPersistedTo(file.toFile()));
    }

    /** Opens a file whose writer died; what Chronicle finds inconsistent is dropped from its directory. */
    static ChronicleSlots recover(Path file, BlockLayout layout, int slots) throws IOException {
        endUnfinishedRecovery(file);
        return open(file, layout, () -> builder(layout, slots).recoverPersistedTo(file.toFile(), false,
                corruption -> LOG.debug("Recovering {}: segment {}", file, corruption.segmentIndex())));
    }

    /**
     * Chronicle waits a minute for a header that is not marked ready, as a recovery that was killed leaves it. Nobody
     * else has the file, so there is nothing to wait for.
     */
    private static void endUnfinishedRecovery(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer word = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(word, SizePrefixedBlob.SIZE_WORD_OFFSET);
            int size = SizePrefixedBlob.extractSize(word.getInt(0));
            if (size == 0 || size > MAX_HEADER_BYTES) {
                throw new IOException("The Chronicle Map header of " + file + " is gone");
            }
            if (!SizePrefixedBlob.isReady(word.getInt(0))) {
                channel.write(word.putInt(0, size | SizePrefixedBlob.READY).rewind(), SizePrefixedBlob.SIZE_WORD_OFFSET);
            }
        }
    }

    private interface Opening {
        ChronicleMap<byte[], byte[]> open() throws IOException;
    }

    private static ChronicleSlots open(Path file, BlockLayout layout, Opening opening) throws IOException {
        ExceptionHandler quiet = (clazz, message, thrown) -> LOG.debug("{}: {}", clazz, message, thrown);
        Jvm.setThreadLocalExceptionHandlers(quiet, quiet, quiet);
        try {
            return new ChronicleSlots(opening.open(), layout);
        } catch (RuntimeException | LinkageError | InternalError e) {
            // An InternalError is a page that could not be had: the disk is full, or cannot be read.
            throw new IOException("Chronicle Map could not open " + file, e);
        }
    }

    private static ChronicleMapBuilder<byte[], byte[]> builder(BlockLayout layout, int slots) {
        return ChronicleMapBuilder.of(byte[].class, byte[].class)
                .constantKeySizeBySample(new byte[BlockKey.BYTES])
                .constantValueSizeBySample(new byte[layout.valueBytes()])
                .entries(slots)
                .actualSegments(1)
                .allowSegmentTiering(false)
                .checksumEntries(false)
                .sparseFile(false)
                .skipCloseOnExitHook(true);
    }

    /** The whole file, writable until {@link #close}. */
    MemorySegment memory() {
        return memory;
    }

    /** Offset of the entry of {@code key} in the file; taken anew, with an erased header, if the key had none. */
    long claim(BlockKey key) {
        try (ExternalMapQueryContext<byte[], byte[], ?> context = map.queryContext(key.toBytes())) {
            context.updateLock().lock();
            if (context.entry() == null) {
                context.insert(context.absentEntry(), blank);
            }
            return entryOffset(context.entry());
        }
    }

    void release(BlockKey key) {
        map.remove(key.toBytes());
    }

    int size() {
        return map.size();
    }

    List<Occupied> occupied() {
        List<Occupied> all = new ArrayList<>(map.size());
        map.forEachEntry(entry -> all.add(new Occupied(BlockKey.fromBytes(entry.key().get()), entryOffset(entry))));
        return all;
    }

    private long entryOffset(MapEntry<byte[], byte[]> entry) {
        Data<byte[]> value = entry.value();
        return value.bytes().addressForRead(value.offset()) - map.bsAddress() - BlockKey.BYTES;
    }

    @Override
    public void close() {
        map.close();
    }

    /** A value whose bytes are written later through the memory: only the place of the magic is cleared. */
    private static final class Blank extends AbstractData<byte[]> {
        private final long size;

        Blank(long size) {
            this.size = size;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public void writeTo(RandomDataOutput target, long targetOffset) {
            target.zeroOut(targetOffset, targetOffset + BlockLayout.LEAD_BYTES + Long.BYTES);
        }

        @Override
        public RandomDataInput bytes() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long offset() {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] get() {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] getUsing(byte[] using) {
            throw new UnsupportedOperationException();
        }
    }
}
