package dev.mneme.persistence.rocksdb;

import dev.mneme.persistence.JournalUnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Looks through the logs of a database before RocksDB does, for the damage that RocksDB 10.10 does not report.
 *
 * <p>Its write-ahead log and its manifest are made of blocks of 32 KiB, and those of records: a masked CRC32C of type and
 * payload (4 bytes), the payload's length (2), the type (1), the payload. Two kinds of flipped bits are not found there:
 *
 * <ul>
 *   <li>in a type, so that it becomes that of a recycled log: opening then never ends;
 *   <li>in a length, so that the last record seems to go on past the end of the file: it is taken for a record that a
 *       crash cut short, and dropped without a word, though it was synced and acknowledged.
 * </ul>
 *
 * <p>All other damage is left to RocksDB. See "Write Ahead Log File Format" in RocksDB's wiki.
 */
final class LogCheck {
    private static final int BLOCK = 32 << 10;
    private static final int HEADER = 7;

    /** The highest type that a log has that is neither recycled nor compressed: zeroes, full, first, middle, last. */
    private static final int LAST_TYPE = 4;

    private LogCheck() {}

    /** Checks all logs in {@code directory}. */
    static void run(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> logs = files.filter(LogCheck::isLog).sorted().toList();
            for (Path log : logs) {
                check(directory, log);
            }
        } catch (IOException e) {
            throw new JournalUnavailableException(directory, "cannot be read (" + e + ")", e);
        }
    }

    private static boolean isLog(Path file) {
        String name = file.getFileName().toString();
        return name.matches("\\d+\\.log") || name.startsWith("MANIFEST-");
    }

    private static void check(Path directory, Path log) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(log)) {
            for (long start = 0; start < channel.size(); start += BLOCK) {
                block.clear();
                while (block.hasRemaining() && channel.read(block, start + block.position()) > 0) {
                    // a read may give less than asked for
                }
                check(directory, log, start, block.flip());
            }
        }
    }

    private static void check(Path directory, Path log, long start, ByteBuffer block) {
        int at = 0;
        while (at + HEADER <= block.limit()) {
            int length = block.getShort(at + 4) & 0xffff;
            int type = block.get(at + 6) & 0xff;
            if (type == 0 && length == 0) {
                return; // zeroes to the end of the block
            }
            boolean goesOnPastTheEnd = at + HEADER + length > block.limit();
            if (type > LAST_TYPE || (goesOnPastTheEnd && isWholeWithAnotherLength(block, at))) {
                throw new JournalUnavailableException(
                        directory,
                        "is damaged in the file " + log.getFileName() + ", byte " + (start + at)
                                + "; restore the home from a backup",
                        null);
            }
            at += HEADER + length;
        }
    }

    /** Whether the record at {@code at} would match its checksum if it ended somewhere before the block does. */
    private static boolean isWholeWithAnotherLength(ByteBuffer block, int at) {
        int expected = unmasked(block.getInt(at));
        CRC32C crc = new CRC32C();
        crc.update(block.get(at + 6));
        for (int next = at + HEADER; next < block.limit(); next++) {
            if ((int) crc.getValue() == expected) {
                return true;
            }
            crc.update(block.get(next));
        }
        return (int) crc.getValue() == expected;
    }

    private static int unmasked(int masked) {
        return Integer.rotateLeft(masked - 0xa282ead8, 15);
    }
}
