package dev.mneme;

import dev.mneme.errors.InvalidRequest;

/** Checks text at the edge, before anything of it is journaled. */
final class RequestText {
    private RequestText() {}

    /**
     * Checks that text is valid Unicode: half of a surrogate pair has no UTF-8 form and so no tokens.
     *
     * @param what names the text in the message
     * @throws InvalidRequest if it holds a lone surrogate
     */
    static void requireValid(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new InvalidRequest("%s is not valid Unicode: a lone surrogate U+%04X at index %d; remove or replace it"
                        .formatted(what, (int) c, i));
            }
        }
    }
}
