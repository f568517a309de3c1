package dev.mneme.runtime.gguf;

/** One metadata value. Text and arrays stay on the map until they are asked for. */
sealed interface GgufValue {
    /** Where the value starts in the file. */
    long offset();

    /** Any integer type. Unsigned 64-bit values above the signed range are refused when read. */
    record Whole(long offset, long value) implements GgufValue {}

    record Real(long offset, double value) implements GgufValue {}

    record Flag(long offset, boolean value) implements GgufValue {}

    /** {@code start} and {@code length} of the UTF-8 bytes. */
    record Text(long offset, int start, int length) implements GgufValue {}

    record Texts(long offset, GgufStrings strings) implements GgufValue {}

    /** {@code count} numbers of one type from {@code start}. */
    record Numbers(long offset, ValueType type, int start, int count) implements GgufValue {}

    /** The value's kind in words, for messages. */
    default String kind() {
        return switch (this) {
            case Whole _ -> "an integer";
            case Real _ -> "a floating-point number";
            case Flag _ -> "a boolean";
            case Text _ -> "a string";
            case Texts _ -> "an array of strings";
            case Numbers numbers -> "an array of " + numbers.type();
        };
    }
}
