package dev.mneme.runtime.tokenizer;

import dev.mneme.runtime.tokenizer.PackedStringIndex.Duplicates;
import dev.mneme.runtime.tokenizer.SymbolMerger.PairRank;

/**
 * Byte-level byte-pair encoding ({@code tokenizer.ggml.model = gpt2}). The bytes of a word are spelled in
 * {@link ByteAlphabet}, then neighbours are joined in the order of the file's merge list, whose entries are looked up by
 * their text: "left right".
 *
 * <p>A byte for which the vocabulary has no token is dropped, as llama.cpp does; SmolLM2 lacks 21 that hardly occur.
 */
final class BytePairEncoding implements Encoding {
    private final Vocabulary vocabulary;
    private final PackedStringIndex merges;
    private final PreTokenizer preTokenizer;
    private final WholeWords wholeWords;

    /** What becomes of a word that is itself a token. */
    enum WholeWords {
        /** It is merged like any other. */
        MERGED,
        /** It becomes that token, even where the merges would not lead there (Llama 3). */
        TAKEN
    }

    BytePairEncoding(Vocabulary vocabulary, PackedStrings merges, PreTokenizer preTokenizer, WholeWords wholeWords) {
        this.vocabulary = vocabulary;
        this.merges = new PackedStringIndex(merges, Duplicates.FIRST);
        this.preTokenizer = preTokenizer;
        this.wholeWords = wholeWords;
    }

    @Override
    public Encoder newEncoder(TokenList ids) {
        var words = new WordEncoder(ids);
        return (text, from, to, afterSpecial) -> preTokenizer.split(text, from, to, words::encode);
    }

    @Override
    public byte[] bytes(int id) {
        return vocabulary.type(id) == TokenType.NORMAL ? ByteAlphabet.decode(vocabulary.text(id)) : new byte[0];
    }

    private final class WordEncoder {
        private final TokenList ids;
        private final SymbolMerger merger = new SymbolMerger(this::mergeRank);
        private final byte[] merge = new byte[merges.longest()];
        private byte[] spelled = new byte[256];

        WordEncoder(TokenList ids) {
            this.ids = ids;
        }

        void encode(byte[] text, int from, int to) {
            if (spelled.length < 2 * (to - from)) {
                spelled = new byte[2 * (to - from)];
            }
            merger.begin();
            int length = 0;
            for (int i = from; i < to; i++) {
                byte[] character = ByteAlphabet.spelling(text[i]);
                spelled[length] = character[0];
                spelled[length + character.length - 1] = character[character.length - 1];
                merger.addSymbol(length, length + character.length);
                length += character.length;
            }
            if (wholeWords == WholeWords.TAKEN) {
                int id = vocabulary.find(spelled, 0, length);
                if (id >= 0 && !vocabulary.isControl(id)) {
                    ids.add(id);
                    return;
                }
            }
            merger.merge(spelled, this::addSymbol);
        }

        private int mergeRank(byte[] text, int from, int middle, int to) {
            int length = to - from + 1;
            if (length > merge.length) {
                return PairRank.NONE;
            }
            int left = middle - from;
            System.arraycopy(text, from, merge, 0, left);
            merge[left] = ' ';
            System.arraycopy(text, middle, merge, left + 1, to - middle);
            int rank = merges.find(merge, 0, length);
            return rank == PackedStringIndex.ABSENT ? PairRank.NONE : rank;
        }

        private void addSymbol(byte[] text, int from, int to) {
            int id = vocabulary.find(text, from, to);
            if (id >= 0) {
                ids.add(id);
            } else if (Utf8.length(text[from]) < to - from) {
                // A merge whose result is no token: fall back to its characters.
                for (int i = from; i < to; i += Utf8.length(text[i])) {
                    addSymbol(text, i, i + Utf8.length(text[i]));
                }
            }
        }
    }
}
