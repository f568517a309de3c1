package dev.mneme.persistence.index;

import dev.mneme.persistence.serialization.Body;
import dev.mneme.persistence.serialization.FieldReader;
import dev.mneme.persistence.serialization.FieldWriter;
import java.util.List;

/**
 * A sealed block of a branch, as it was when it was sealed: a block that is rebuilt has to come out the same.
 *
 * @param block its index: it holds the tokens {@code [64 · block, 64 · block + 64)}
 * @param keyHigh the first 8 bytes of its key
 * @param keyLow the last 8 bytes of its key
 * @param checksums the checksum of its payload, for each layer group
 */
public record BlockEntry(int block, long keyHigh, long keyLow, List<Long> checksums) {
    public BlockEntry {
        checksums = List.copyOf(checksums);
    }

    byte[] body() {
        return Body.of(out -> {
            out.count(block);
            out.bits64(keyHigh);
            out.bits64(keyLow);
            out.list(checksums, FieldWriter::bits64);
        });
    }

    static BlockEntry read(FieldReader in) {
        return new BlockEntry(in.count(), in.bits64(), in.bits64(), in.list(FieldReader::bits64));
    }
}
