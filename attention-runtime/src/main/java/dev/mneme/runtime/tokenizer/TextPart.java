package dev.mneme.runtime.tokenizer;

/**
 * A stretch of a text to tokenize, and whom it comes from. Parts are tokenized as one text (a token may reach across a
 * boundary), but control tokens are recognised only inside template parts.
 */
public sealed interface TextPart {
    String text();

    /** Written by the chat template: a control token spelled here is that token. */
    record Template(String text) implements TextPart {}

    /** Written by a user or a model: a control token spelled here is plain text. */
    record Message(String text) implements TextPart {}
}
