package dev.mneme.runtime.tokenizer;

/** {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}, the expression of GPT-2. */
final class Gpt2PreTokenizer implements PreTokenizer {
    @Override
    public void split(byte[] text, int from, int to, WordSink words) {
        var scanner = new WordScanner(text, from, to);
        while (!scanner.atEnd()) {
            int start = scanner.position;
            skipWord(scanner);
            words.accept(text, start, scanner.position);
        }
    }

    private static void skipWord(WordScanner scanner) {
        if (scanner.skipContraction(0)) {
            return;
        }
        int body = scanner.codePoint() == ' ' ? scanner.position + 1 : scanner.position;
        int c = scanner.codePointAt(body);
        CharacterClass kind = c == WordScanner.END ? CharacterClass.SPACE : CharacterClass.of(c);
        if (kind == CharacterClass.SPACE) {
            scanner.skipSpaces();
        } else {
            scanner.position = body;
            scanner.skip(kind);
        }
    }
}
