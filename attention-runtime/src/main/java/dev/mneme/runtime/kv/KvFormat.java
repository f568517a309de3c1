package dev.mneme.runtime.kv;

/** How the numbers of keys and values are stored in a block. All formats are little-endian. */
public enum KvFormat {
    /** IEEE 754 binary32: nothing is rounded. Kept for tests of exactness. */
    F32(4),
    /** IEEE 754 binary16, rounded once to nearest even when written. The default. */
    F16(2);

    private final int bytesPerValue;

    KvFormat(int bytesPerValue) {
        this.bytesPerValue = bytesPerValue;
    }

    /** Bytes that one number takes. */
    public int bytesPerValue() {
        return bytesPerValue;
    }
}
