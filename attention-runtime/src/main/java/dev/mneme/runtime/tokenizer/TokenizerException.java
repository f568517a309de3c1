package dev.mneme.runtime.tokenizer;

/** The model file's tokenizer cannot be used: incomplete, contradictory, or of a kind that is not supported. */
public final class TokenizerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TokenizerException(String message) {
        super(message);
    }
}
