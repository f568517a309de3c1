package dev.mneme.runtime.tokenizer;

/** What a token is. */
enum TokenType {
    UNDEFINED(0),
    NORMAL(1),
    UNKNOWN(2),
    CONTROL(3),
    USER_DEFINED(4),
    UNUSED(5),
    BYTE(6);

    private static final TokenType[] VALUES = values();

    /** Its number in {@code tokenizer.ggml.token_type}. */
    final int number;

    TokenType(int number) {
        this.number = number;
    }

    static TokenType of(int number) {
        return number >= 0 && number < VALUES.length ? VALUES[number] : UNDEFINED;
    }
}
