package dev.mneme.runtime.tokenizer;

/** Looks at the characters of {@code text[position .. end)}: what the scanners of the pre-tokenizers have in common. */
final class WordScanner {
    static final int END = -1;

    private final byte[] text;
    private final int end;
    int position;

    WordScanner(byte[] text, int from, int to) {
        this.text = text;
        this.position = from;
        this.end = to;
    }

    boolean atEnd() {
        return position >= end;
    }

    /** The code point at the position, or {@link #END}. */
    int codePoint() {
        return codePointAt(position);
    }

    int codePointAt(int index) {
        return index < end ? Utf8.codePoint(text, index) : END;
    }

    boolean isAt(int index, CharacterClass wanted) {
        int c = codePointAt(index);
        return c != END && CharacterClass.of(c) == wanted;
    }

    boolean is(CharacterClass wanted) {
        return isAt(position, wanted);
    }

    /** Index of the character after the one at the position. */
    int following() {
        return position + Utf8.length(text[position]);
    }

    void advance() {
        position = following();
    }

    void skip(CharacterClass skipped) {
        while (is(skipped)) {
            advance();
        }
    }

    void skipLineBreaks() {
        while (codePoint() == '\r' || codePoint() == '\n') {
            advance();
        }
    }

    /** Skips one of {@code 's 't 're 've 'm 'll 'd} if it stands here; upper case counts where {@code caseBit} is 0x20. */
    boolean skipContraction(int caseBit) {
        if (codePoint() != '\'') {
            return false;
        }
        int first = codePointAt(position + 1) | caseBit;
        if (first == 's' || first == 't' || first == 'm' || first == 'd') {
            position += 2;
            return true;
        }
        if (first != 'r' && first != 'v' && first != 'l') {
            return false;
        }
        int second = codePointAt(position + 2) | caseBit;
        if (first == 'l' ? second == 'l' : second == 'e') {
            position += 3;
            return true;
        }
        return false;
    }

    /** {@code \s+(?!\S)|\s+} where white space stands: its last character is left to the word that follows, if any. */
    void skipSpaces() {
        int start = position;
        int last = position;
        while (is(CharacterClass.SPACE)) {
            last = position;
            advance();
        }
        if (!atEnd() && last > start) {
            position = last;
        }
    }
}
