package dev.mneme.runtime.tokenizer;

import java.util.function.IntPredicate;

/**
 * What llama.cpp does where a file names no pre-tokenizer of its own: runs of <code>[\p{P}$+&lt;=&gt;^~|]</code> are cut
 * out, the rest is split as GPT-2 does, runs of {@code \p{N}} are cut out of that, and {@code [0-9][0-9][0-9]} of those.
 */
final class DefaultPreTokenizer implements PreTokenizer {
    private final PreTokenizer gpt2;

    DefaultPreTokenizer(PreTokenizer gpt2) {
        this.gpt2 = gpt2;
    }

    @Override
    public void split(byte[] text, int from, int to, WordSink words) {
        splitRuns(text, from, to, DefaultPreTokenizer::isMark, (t, a, b) ->
                gpt2.split(t, a, b, (u, c, d) ->
                        splitRuns(u, c, d, cp -> CharacterClass.of(cp) == CharacterClass.NUMBER, (v, e, f) ->
                                splitThousands(v, e, f, words))));
    }

    private static boolean isMark(int codePoint) {
        return CharacterClass.isPunctuation(codePoint) || "$+<=>^~|".indexOf(codePoint) >= 0;
    }

    /** Maximal runs of the characters that match, and the runs between them. */
    private static void splitRuns(byte[] text, int from, int to, IntPredicate matches, WordSink runs) {
        var scanner = new WordScanner(text, from, to);
        while (!scanner.atEnd()) {
            int start = scanner.position;
            boolean matching = matches.test(scanner.codePoint());
            while (!scanner.atEnd() && matches.test(scanner.codePoint()) == matching) {
                scanner.advance();
            }
            runs.accept(text, start, scanner.position);
        }
    }

    private static void splitThousands(byte[] text, int from, int to, WordSink words) {
        int start = from;
        int i = from;
        while (i + 3 <= to) {
            if (isDigit(text[i]) && isDigit(text[i + 1]) && isDigit(text[i + 2])) {
                if (start < i) {
                    words.accept(text, start, i);
                }
                words.accept(text, i, i + 3);
                i += 3;
                start = i;
            } else {
                i++;
            }
        }
        if (start < to) {
            words.accept(text, start, to);
        }
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }
}
