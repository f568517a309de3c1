package dev.mneme.runtime.kv;

/**
 * How the numbers of keys and values are stored in a full block. All formats are little-endian; {@link KvNumbers} says what
 * each number is. An open block is {@link #written} in a format that takes one token after another; where the sealed
 * format is another one, a block is quantized once, when its last token is written ({@link BlockSealing}).
 */
public enum KvFormat {
    /** IEEE 754 binary32: nothing is rounded. Kept for tests of exactness. */
    F32,
    /** IEEE 754 binary16, rounded once to nearest even when written. The default. */
    F16,
    /** Keys and values of 8 bits with scales. */
    I8,
    /** Keys of 8 bits with scales, values of 4 bits with scales and minima. */
    K8V4;

    /** The format of a block of this format while it is open. */
    public KvFormat written() {
        return this == F32 ? F32 : F16;
    }

    /** Whether a full block is sealed into other bytes than were written. */
    public boolean isQuantized() {
        return this != written();
    }
}
