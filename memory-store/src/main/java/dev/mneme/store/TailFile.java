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
 *  0 magic           8 version, header bytes    16 file bytes    24 checksum of all but itself
 * 32 previous key   48 first position, ids      56 groups, 0     64 ids …, bytes of each group …, zeros
 *    … payload of each group, each at a multiple of 64
 * </pre>
 */
final class TailFile {
    /** Reads "MNEMTAIL" in a dump. */
    private static final long MAGIC = 0x4c49_4154_4d45_4e4dL;
    private static final int FIXED = 64;
    private static final int CHECKSUM_AT = 24;
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private TailFile() {
    }

    /** The file in pieces to be written one after the other. */
    static ByteBuffer[] encode(Tail tail) {
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
        int at = FIXED;
        for (int id : ids) {
            header.set(INT, at, id);
            at += 4;
        }
        List<ByteBuffer> pieces = new ArrayList<>();
        pieces.add(header.asByteBuffer());
        long length = headerBytes;
        for (MemorySegment group : groups) {
            header.set(LONG, at, group.byteSize());
            at += 8;
            pieces.add(group.asByteBuffer());
            int padding = (int) (-group.byteSize() & 63);
            pieces.add(ByteBuffer.allocate(padding));
            length += group.byteSize() + padding;
        }
        header.set(LONG, 16, length);
        Checksum checksum = new Checksum()
                .add(header.asSlice(0, CHECKSUM_AT))
                .add(header.asSlice(CHECKSUM_AT + Long.BYTES));
        pieces.stream().skip(1).forEach(piece -> checksum.add(MemorySegment.ofBuffer(piece)));
        header.set(LONG, CHECKSUM_AT, checksum.value());
        return pieces.toArray(ByteBuffer[]::new);
    }

    static int version(MemorySegment file) {
        return file.get(INT, 8);
    }

    /** Why the bytes are not a whole tail file, or an empty string. */
    static String flaw(MemorySegment file) {
        if (file.byteSize() < FIXED || file.get(LONG, 0) != MAGIC) {
            return "it is no tail file";
        }
        if (file.get(LONG, 16) != file.byteSize()) {
            return "it was cut off";
        }
        long checksum = new Checksum()
                .add(file.asSlice(0, CHECKSUM_AT))
                .add(file.asSlice(CHECKSUM_AT + Long.BYTES))
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
