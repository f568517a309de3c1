package dev.mneme.runtime.gguf;

import java.util.Optional;

/** The types of metadata values; the numbers are those of the GGUF specification. */
enum ValueType {
    UINT8(0, 1),
    INT8(1, 1),
    UINT16(2, 2),
    INT16(3, 2),
    UINT32(4, 4),
    INT32(5, 4),
    FLOAT32(6, 4),
    BOOL(7, 1),
    STRING(8, 0),
    ARRAY(9, 0),
    UINT64(10, 8),
    INT64(11, 8),
    FLOAT64(12, 8);

    /** The type's number in a file. */
    final int number;

    /** Bytes of one value; 0 where that depends on the value. */
    final int bytes;

    ValueType(int number, int bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    static Optional<ValueType> ofNumber(int number) {
        for (ValueType type : values()) {
            if (type.number == number) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
