package dev.mneme.store;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A block's header on disk, little-endian.
 *
 * <pre>
 *  0 magic            8 version, sections    16 sectionBytes, 0    24 key (high, low)
 * 40 block checksum  48 header checksum      56 tick of writing    64 checksum of each section …, zeros
 * </pre>
 * The header checksum covers everything but itself; the block checksum covers the section checksums. The magic is
 * written last and taken away first, so that a process killed in mid-write leaves no header rather than half of one.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record BlockHeader(BlockKey key, BlockShape shape, long blockChecksum, long tick, long[] sectionChecksums) {
    /** Reads "MNEMEBLK" in a dump. */
    private static final long MAGIC = 0x4b4c_4245_4d45_4e4dL;
    private static final ValueLayout.OfInt INT = JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG_AT = LONG.varHandle();
    private static final int CHECKSUM_AT = 48;

    /** What a place for a header was found to hold. */
    sealed interface Reading {
        record Whole(BlockHeader header) implements Reading {
        }

        /** Never written, removed, or cut off in mid-write. */
        record Empty() implements Reading {
        }

        record Broken(String reason) implements Reading {
        }

        record Newer(int version) implements Reading {
        }
    }

    static BlockHeader of(BlockKey key, BlockShape shape, long tick, MemorySegment payload) {
        long[] checksums = sectionChecksums(payload, shape);
        return new BlockHeader(key, shape, blockChecksum(checksums), tick, checksums);
    }

    static long blockChecksum(MemorySegment payload, BlockShape shape) {
        return blockChecksum(sectionChecksums(payload, shape));
    }

    private static long blockChecksum(long[] sectionChecksums) {
        MemorySegment table = MemorySegment.ofArray(new byte[sectionChecksums.length * Long.BYTES]);
        for (int i = 0; i < sectionChecksums.length; i++) {
            table.set(LONG_UNALIGNED, (long) i * Long.BYTES, sectionChecksums[i]);
        }
        return Checksum.of(table);
    }

    private static final ValueLayout.OfLong LONG_UNALIGNED = LONG.withByteAlignment(1);

    private static long[] sectionChecksums(MemorySegment payload, BlockShape shape) {
        long[] checksums = new long[shape.sections()];
        Arrays.setAll(checksums, section -> Checksum.of(section(payload, shape, section)));
        return checksums;
    }

    private static MemorySegment section(MemorySegment payload, BlockShape shape, int section) {
        return payload.asSlice((long) section * shape.sectionBytes(), shape.sectionBytes());
    }

    /** Writes the header; {@code place} must hold none that is valid, see {@link #erase}. */
    void write(MemorySegment place) {
        place.fill((byte) 0);
        place.set(INT, 8, StoreFormat.BLOCK);
        place.set(INT, 12, shape.sections());
        place.set(INT, 16, shape.sectionBytes());
        place.set(LONG, 24, key.high());
        place.set(LONG, 32, key.low());
        place.set(LONG, 40, blockChecksum);
        place.set(LONG, 56, tick);
        for (int i = 0; i < sectionChecksums.length; i++) {
            place.set(LONG, 64 + (long) i * Long.BYTES, sectionChecksums[i]);
        }
        place.set(LONG, CHECKSUM_AT, checksum(place));
        LONG_AT.setRelease(place, 0L, MAGIC);
    }

    static void erase(MemorySegment place) {
        LONG_AT.setRelease(place, 0L, 0L);
        VarHandle.releaseFence();
    }

    static Reading read(MemorySegment place, BlockShape shape) {
        long magic = (long) LONG_AT.getAcquire(place, 0L);
        if (magic == 0) {
            return new Reading.Empty();
        }
        if (magic != MAGIC) {
            return new Reading.Broken("no block header");
        }
        if (place.get(LONG, CHECKSUM_AT) != checksum(place)) {
            return new Reading.Broken("header checksum does not match");
        }
        int version = place.get(INT, 8);
        if (version > StoreFormat.BLOCK) {
            return new Reading.Newer(version);
        }
        if (place.get(INT, 12) != shape.sections() || place.get(INT, 16) != shape.sectionBytes()) {
            return new Reading.Broken("header names another shape");
        }
        long[] checksums = new long[shape.sections()];
        Arrays.setAll(checksums, i -> place.get(LONG, 64 + (long) i * Long.BYTES));
        return new Reading.Whole(new BlockHeader(
                new BlockKey(place.get(LONG, 24), place.get(LONG, 32)), shape, place.get(LONG, 40), place.get(LONG, 56), checksums));
    }

    /** The first section whose bytes are not those that were written, or −1. */
    int firstDamagedSection(MemorySegment payload) {
        for (int i = 0; i < sectionChecksums.length; i++) {
            if (Checksum.of(section(payload, shape, i)) != sectionChecksums[i]) {
                return i;
            }
        }
        return -1;
    }

    /** The magic is left out: it is compared as a whole, and not there yet when the checksum is made. */
    private static long checksum(MemorySegment place) {
        return new Checksum()
                .add(place.asSlice(8, CHECKSUM_AT - 8))
                .add(place.asSlice(CHECKSUM_AT + Long.BYTES))
                .value();
    }
}
