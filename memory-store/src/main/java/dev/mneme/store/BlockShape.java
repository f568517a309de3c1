package dev.mneme.store;

/**
 * The size of a block's payload: {@code sections × sectionBytes}, sections side by side. A section is what carries its
 * own checksum (one layer of a model); it must keep the 64-byte alignment of the payload for its successor.
 *
 * @param sections number of sections, 1 to 4,096
 * @param sectionBytes bytes of one section, a positive multiple of 64
 * @param window how many tokens after the block still read it; 0 if all do. Blocks with a window make room first, see
 *     {@link LastWindows}
 */
public record BlockShape(int sections, int sectionBytes, int window) {
    static final int MAX_SECTIONS = 4096;

    public BlockShape {
        if (sections < 1 || sections > MAX_SECTIONS) {
            throw new IllegalArgumentException("A block has 1 to " + MAX_SECTIONS + " sections, not " + sections);
        }
        if (sectionBytes < 64 || sectionBytes % 64 != 0) {
            throw new IllegalArgumentException("A section's size is a positive multiple of 64 bytes, not " + sectionBytes);
        }
        if (window < 0) {
            throw new IllegalArgumentException("A window has at least 0 tokens, not " + window);
        }
        if ((long) sections * sectionBytes > 1L << 30) {
            throw new IllegalArgumentException("A block's payload is at most 1 GiB, not " + sections + " x " + sectionBytes);
        }
    }

    /** A shape of blocks that are never passed by. */
    public BlockShape(int sections, int sectionBytes) {
        this(sections, sectionBytes, 0);
    }

    /** Whether sessions leave such blocks behind as they go on. */
    boolean hasWindow() {
        return window > 0;
    }

    /** Bytes of the whole payload. */
    public int payloadBytes() {
        return sections * sectionBytes;
    }
}
