package dev.mneme;

/** How a session remembers. */
public enum Memory {
    /** Every block is attended, keys and values in 16 bits. */
    DENSE_F16("F16"),
    /** Every block is attended, keys and values in 32 bits: exact, at twice the size. */
    DENSE_F32("F32");

    private final String kvFormat;

    Memory(String kvFormat) {
        this.kvFormat = kvFormat;
    }

    String kvFormat() {
        return kvFormat;
    }
}
