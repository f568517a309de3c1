package dev.mneme.runtime.tokenizer;

/** What a token is, in the numbering of {@code tokenizer.ggml.token_type}. */
enum TokenType {
    UNDEFINED,
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE;

    private static final TokenType[] VALUES = values();

    static TokenType of(int number) {
        return number >= 0 && number < VALUES.length ? VALUES[number] : UNDEFINED;
    }
}
