package dev.mneme.runtime.gguf;

/** The types of metadata values; a type's ordinal is its number in the file (GGUF specification). */
enum ValueType {
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    FLOAT32(4),
    BOOL(1),
    STRING(0),
    ARRAY(0),
    UINT64(8),
    INT64(8),
    FLOAT64(8);

    /** Bytes of one value; 0 where that depends on the value. */
    final int bytes;

    ValueType(int bytes) {
        this.bytes = bytes;
    }
}
