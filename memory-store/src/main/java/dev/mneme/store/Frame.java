package dev.mneme.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A small file that is whole or not there: magic (8 characters), version, reserved, body length, checksum of all the
 * rest, body; little-endian. This frame is fixed for every version, so that damage is told from a newer format.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Frame(String magic, int version, byte[] body) {
    private static final int HEADER_BYTES = 32;
    private static final int CHECKSUM_AT = 24;
    private static final long MAX_BYTES = 1L << 28;

    /** What was found at a frame's path. */
    sealed interface Reading {
        record Whole(Frame frame) implements Reading {
        }

        record Absent() implements Reading {
        }

        record Broken(String reason) implements Reading {
        }
    }

    ByteBuffer bodyBuffer() {
        return ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Replaces the file atomically, synced: after a crash the old file is there or the new one. */
    void replace(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + body.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(magic.getBytes(StandardCharsets.US_ASCII)).putInt(version).putInt(0).putLong(body.length).putLong(0).put(body);
        bytes.putLong(CHECKSUM_AT, checksum(bytes.array()));
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(temporary,
                StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            bytes.flip();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        Directories.sync(file.resolveSibling("."));
    }

    static Reading read(Path file, String magic) throws IOException {
        byte[] bytes;
        try {
            if (Files.size(file) > MAX_BYTES) {
                return new Reading.Broken("too long");
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException _) {
            return new Reading.Absent();
        }
        if (bytes.length < HEADER_BYTES) {
            return new Reading.Broken("cut off");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (!new String(bytes, 0, 8, StandardCharsets.US_ASCII).equals(magic)) {
            return new Reading.Broken("not a " + magic + " file");
        }
        if (buffer.getLong(16) != bytes.length - HEADER_BYTES || buffer.getLong(CHECKSUM_AT) != checksum(bytes)) {
            return new Reading.Broken("checksum does not match");
        }
        byte[] body = new byte[bytes.length - HEADER_BYTES];
        buffer.get(HEADER_BYTES, body);
        return new Reading.Whole(new Frame(magic, buffer.getInt(8), body));
    }

    private static long checksum(byte[] bytes) {
        MemorySegment all = MemorySegment.ofArray(bytes);
        return new Checksum().add(all.asSlice(0, CHECKSUM_AT)).add(all.asSlice(HEADER_BYTES)).value();
    }
}
