package dev.mneme.runtime.tokenizer;

/**
 * {@code (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+},
 * the expression that began with the vocabulary cl100k; Llama 3 has n = 3, Qwen 2 has n = 1.
 */
final class Cl100kPreTokenizer implements PreTokenizer {
    private final int longestNumber;

    Cl100kPreTokenizer(int longestNumber) {
        this.longestNumber = longestNumber;
    }

    @Override
    public void split(byte[] text, int from, int to, WordSink words) {
        var scanner = new WordScanner(text, from, to);
        while (!scanner.atEnd()) {
            int start = scanner.position;
            skipWord(scanner);
            words.accept(text, start, scanner.position);
        }
    }

    private void skipWord(WordScanner scanner) {
        if (scanner.skipContraction(0x20)) {
            return;
        }
        int c = scanner.codePoint();
        CharacterClass kind = CharacterClass.of(c);
        switch (kind) {
            case LETTER -> scanner.skip(CharacterClass.LETTER);
            case NUMBER -> skipNumber(scanner);
            case SPACE, OTHER -> {
                if (c != '\r' && c != '\n' && scanner.isAt(scanner.following(), CharacterClass.LETTER)) {
                    scanner.advance();
                    scanner.skip(CharacterClass.LETTER);
                } else if (kind == CharacterClass.OTHER
                        || (c == ' ' && scanner.isAt(scanner.following(), CharacterClass.OTHER))) {
                    scanner.advance();
                    scanner.skip(CharacterClass.OTHER);
                    scanner.skipLineBreaks();
                } else {
                    skipLinesOrSpaces(scanner);
                }
            }
        }
    }

    private void skipNumber(WordScanner scanner) {
        for (int i = 0; i < longestNumber && scanner.is(CharacterClass.NUMBER); i++) {
            scanner.advance();
        }
    }

    private static void skipLinesOrSpaces(WordScanner scanner) {
        int start = scanner.position;
        int afterBreak = start;
        while (scanner.is(CharacterClass.SPACE)) {
            int c = scanner.codePoint();
            scanner.advance();
            if (c == '\r' || c == '\n') {
                afterBreak = scanner.position;
            }
        }
        if (afterBreak > start) {
            scanner.position = afterBreak;
        } else {
            scanner.position = start;
            scanner.skipSpaces();
        }
    }
}
