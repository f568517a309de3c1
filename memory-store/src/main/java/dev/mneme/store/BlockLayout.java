package dev.mneme.store;

/**
 * Where things lie inside one Chronicle entry of a shape.
 *
 * <pre>
 * entry   0  key (16)        written by Chronicle
 *        16  lead (48)       zero; brings the header to a cache line
 *        64  header          64 bytes and 8 for each section, rounded up to 64
 *         …  payload         sections × sectionBytes, 64-byte aligned
 * </pre>
 * Entries of one arena follow each other at {@link #stride()}, a multiple of 64, so that alignment holds for all
 * if it holds for the first.
 */
record BlockLayout(BlockShape shape) {
    static final int LEAD_BYTES = 48;
    static final int HEADER_OFFSET = BlockKey.BYTES + LEAD_BYTES;

    int headerBytes() {
        return (64 + 8 * shape.sections() + 63) & -64;
    }

    int payloadOffset() {
        return HEADER_OFFSET + headerBytes();
    }

    int stride() {
        return payloadOffset() + shape.payloadBytes();
    }

    /** Size of the Chronicle value: everything but the key. */
    int valueBytes() {
        return stride() - BlockKey.BYTES;
    }
}
