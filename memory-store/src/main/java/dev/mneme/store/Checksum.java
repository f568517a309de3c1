package dev.mneme.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * The store's 64-bit checksum: CRC-32C in the low half, CRC-32 in the high half. Both are JDK intrinsics, and since
 * their polynomials share no factor, the pair is as strong as one CRC of degree 64: every burst of damage up to 64
 * bits is found, anything longer with all but 2⁻⁶⁴.
 */
final class Checksum {
    private static final long PAGE = 4096;
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

    private final CRC32C castagnoli = new CRC32C();
    private final CRC32 ieee = new CRC32();

    static long of(MemorySegment bytes) {
        return new Checksum().add(bytes).value();
    }

    static long of(byte[] bytes) {
        return new Checksum().add(MemorySegment.ofArray(bytes)).value();
    }

    Checksum add(MemorySegment bytes) {
        if (bytes.isMapped()) {
            touch(bytes);
        }
        ByteBuffer buffer = bytes.asByteBuffer();
        castagnoli.update(buffer.duplicate());
        ieee.update(buffer);
        return this;
    }

    /**
     * Reads a byte of every page. A page that the device cannot read, or that was cut off, is an {@link InternalError}
     * here; under the intrinsic it would be the end of the process.
     */
    private static void touch(MemorySegment bytes) {
        for (long at = 0; at < bytes.byteSize(); at += PAGE) {
            byte _ = (byte) BYTE.getOpaque(bytes, at);
        }
        if (bytes.byteSize() > 0) {
            byte _ = (byte) BYTE.getOpaque(bytes, bytes.byteSize() - 1);
        }
    }

    long value() {
        return ieee.getValue() << 32 | castagnoli.getValue();
    }
}
