package dev.mneme.store;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of a tail file, little-endian.
 *
 * <pre>
 *  0 magic           8 version, header bytes    16 bytes in use   24 checksum of these but itself
 * 32 previous key   48 first position, ids      56 groups, turn   64 ids …, bytes of each group …, zeros
 *    … payload of each group, each at a multiple of 64; then leftovers of longer tails
 * </pre>
 * The turn counts writes, so that of two files the newer is known.
 */
final class TailFile {
    /** Reads "MNEMTAIL" in a dump. */
    private static final long MAGIC = 0x4c49_4154_4d45_4e4dL;
    /** Bytes before the lists of ids and group sizes. */
    static final int FIXED = 64;
    private static final int CHECKSUM_AT = 24;
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private TailFile() {
    }

    /** A file to be written: first nothing in place of the header, then the body behind it, then the header. */
    record Pieces(ByteBuffer header, List<ByteBuffer> body) {
    }

    static Pieces encode(Tail tail, int turn) {
        int[] ids = tail.ids();
        List<MemorySegment> groups = tail.groups();
        int headerBytes = align(FIXED + 4 * ids.length + 8 * groups.size());
        MemorySegment header = MemorySegment.ofArray(new byte[headerBytes]);
        header.set(LONG, 0, MAGIC);
        header.set(INT, 8, StoreFormat.TAIL);
        header.set(INT, 12, headerBytes);
        header.set(LONG, 32, tail.previous().high());
        header.set(LONG, 40, tail.previous().low());
        header.set(INT, 48, tail.firstPosition());
        header.set(INT, 52, ids.length);
        header.set(INT, 56, groups.size());
        header.set(INT, 60, turn);
        int at = FIXED;
        for (int id : ids) {
            header.set(INT, at, id);
            at += 4;
        }
        List<ByteBuffer> body = new ArrayList<>();
        long length = headerBytes;
        for (MemorySegment group : groups) {
            header.set(LONG, at, group.byteSize());
            at += 8;
            int padding = (int) (-group.byteSize() & 63);
            body.add(group.asByteBuffer());
            body.add(ByteBuffer.allocate(padding));
            length += group.byteSize() + padding;
        }
        header.set(LONG, 16, length);
        Checksum checksum = new Checksum()
                .add(header.asSlice(0, CHECKSUM_AT))
                .add(header.asSlice(CHECKSUM_AT + Long.BYTES));
        body.forEach(piece -> checksum.add(MemorySegment.ofBuffer(piece)));
        header.set(LONG, CHECKSUM_AT, checksum.value());
        return new Pieces(header.asByteBuffer(), body);
    }

    /** Never finished: killed while it was written, before the header was. */
    static boolean isUnfinished(MemorySegment file) {
        return file.byteSize() < Long.BYTES || file.get(LONG, 0) == 0;
    }

    static int turn(MemorySegment file) {
        return file.get(INT, 60);
    }

    static int version(MemorySegment file) {
        return file.get(INT, 8);
    }

    /** Why the bytes are not those of a whole tail, or an empty string. */
    static String flaw(MemorySegment file) {
        if (file.byteSize() < FIXED || file.get(LONG, 0) != MAGIC) {
            return "it is no tail file";
        }
        long length = file.get(LONG, 16);
        if (length < FIXED || length > file.byteSize()) {
            return "it was cut off";
        }
        long checksum = new Checksum()
                .add(file.asSlice(0, CHECKSUM_AT))
                .add(file.asSlice(CHECKSUM_AT + Long.BYTES, length - CHECKSUM_AT - Long.BYTES))
                .value();
        return file.get(LONG, CHECKSUM_AT) == checksum ? "" : "its checksum does not match";
    }

    /** Reads a file without a flaw and of this version. */
    static Tail decode(MemorySegment file) {
        int[] ids = new int[file.get(INT, 52)];
        Arrays.setAll(ids, i -> file.get(INT, FIXED + 4L * i));
        long sizesAt = FIXED + 4L * ids.length;
        long at = file.get(INT, 12);
        List<MemorySegment> groups = new ArrayList<>();
        for (int group = 0; group < file.get(INT, 56); group++) {
            long bytes = file.get(LONG, sizesAt + 8L * group);
            groups.add(file.asSlice(at, bytes));
            at += bytes + (-bytes & 63);
        }
        return new Tail(new BlockKey(file.get(LONG, 32), file.get(LONG, 40)), file.get(INT, 48), ids, groups);
    }

    private static int align(int bytes) {
        return bytes + 63 & -64;
    }
}
