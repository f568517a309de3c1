package dev.mneme.runtime.tokenizer;

/** The text is not valid Unicode (it holds half of a surrogate pair), so it has no UTF-8 form and no tokens. */
public final class MalformedTextException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final int index;

    MalformedTextException(String text, int index) {
        super("the text is not valid Unicode: a lone surrogate U+%04X at index %d of %d; remove or replace it"
                .formatted((int) text.charAt(index), index, text.length()));
        this.index = index;
    }

    /** Index of the lone surrogate in the text, counted in chars. */
    public int index() {
        return index;
    }
}
