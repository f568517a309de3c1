package dev.mneme.runtime.tokenizer;

/** {@code \p{N}}, each a word of its own, then another expression on what lies between. */
final class SingleNumberPreTokenizer implements PreTokenizer {
    private final PreTokenizer rest;

    SingleNumberPreTokenizer(PreTokenizer rest) {
        this.rest = rest;
    }

    @Override
    public void split(byte[] text, int from, int to, WordSink words) {
        var scanner = new WordScanner(text, from, to);
        int start = from;
        while (!scanner.atEnd()) {
            if (scanner.is(CharacterClass.NUMBER)) {
                if (start < scanner.position) {
                    rest.split(text, start, scanner.position, words);
                }
                start = scanner.following();
                words.accept(text, scanner.position, start);
            }
            scanner.advance();
        }
        if (start < to) {
            rest.split(text, start, to, words);
        }
    }
}
