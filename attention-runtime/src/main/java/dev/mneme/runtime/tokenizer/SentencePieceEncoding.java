package dev.mneme.runtime.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mneme.runtime.tokenizer.SymbolMerger.PairRank;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/**
 * SentencePiece's BPE mode ({@code tokenizer.ggml.model = llama}; Kudo and Richardson, 2018). A space is spelled U+2581;
 * neighbouring symbols are joined while the result is a token, the one with the highest score first; a character that is
 * no token becomes byte tokens, or the unknown token.
 */
final class SentencePieceEncoding implements Encoding {
    private static final byte[] SPACE = "\u2581".getBytes(UTF_8);

    /** Whether a text that follows a special token, or begins, gets a space in front. */
    enum SpacePrefix {
        ADDED,
        NONE
    }

    private final Vocabulary vocabulary;
    private final SpacePrefix spacePrefix;
    private final int[] byteTokens = new int[256];

    /** @param unknown what a byte without a token becomes */
    SentencePieceEncoding(Vocabulary vocabulary, SpacePrefix spacePrefix, int unknown) {
        this.vocabulary = vocabulary;
        this.spacePrefix = spacePrefix;
        var hex = HexFormat.of().withUpperCase();
        for (int b = 0; b < byteTokens.length; b++) {
            int id = vocabulary.find("<0x" + hex.toHexDigits((byte) b) + ">");
            byteTokens[b] = id >= 0 ? id : unknown;
        }
    }

    @Override
    public Encoder newEncoder(TokenList ids) {
        var merger = new SymbolMerger(this::mergeRank);
        return (text, from, to, afterSpecial) -> {
            byte[] spelled = spell(text, from, to, afterSpecial && spacePrefix == SpacePrefix.ADDED);
            merger.begin();
            for (int i = 0; i < spelled.length; i += Utf8.length(spelled[i])) {
                merger.addSymbol(i, i + Utf8.length(spelled[i]));
            }
            merger.merge(spelled, (symbols, start, end) -> addSymbol(symbols, start, end, ids));
        };
    }

    private static byte[] spell(byte[] text, int from, int to, boolean prefixed) {
        var spelled = new ByteArrayOutputStream((to - from) * 3 / 2 + SPACE.length);
        if (prefixed) {
            spelled.writeBytes(SPACE);
        }
        for (int i = from; i < to; i++) {
            if (text[i] == ' ') {
                spelled.writeBytes(SPACE);
            } else {
                spelled.write(text[i]);
            }
        }
        return spelled.toByteArray();
    }

    private int mergeRank(byte[] text, int from, int middle, int to) {
        int id = ordinary(text, from, to);
        if (id < 0) {
            return PairRank.NONE;
        }
        // Ascending integers for descending scores; adding zero makes one zero of two.
        int bits = Float.floatToIntBits(-vocabulary.score(id) + 0f);
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    private void addSymbol(byte[] text, int from, int to, TokenList ids) {
        int id = ordinary(text, from, to);
        if (id >= 0) {
            ids.add(id);
            return;
        }
        for (int i = from; i < to; i++) {
            ids.add(byteTokens[text[i] & 0xFF]);
        }
    }

    /** The token with this text, unless it is one that plain text must not be able to spell, or −1. */
    private int ordinary(byte[] text, int from, int to) {
        int id = vocabulary.find(text, from, to);
        if (id < 0) {
            return id;
        }
        return switch (vocabulary.type(id)) {
            case CONTROL, UNKNOWN, BYTE -> -1;
            case NORMAL, USER_DEFINED, UNUSED, UNDEFINED -> id;
        };
    }

    @Override
    public byte[] bytes(int id) {
        return switch (vocabulary.type(id)) {
            case NORMAL -> unspell(vocabulary.text(id));
            case BYTE -> new byte[] {byteValue(id)};
            default -> new byte[0];
        };
    }

    private static byte[] unspell(byte[] text) {
        var bytes = new ByteArrayOutputStream(text.length);
        for (int i = 0; i < text.length; i++) {
            if (text[i] == SPACE[0] && i + 2 < text.length && text[i + 1] == SPACE[1] && text[i + 2] == SPACE[2]) {
                bytes.write(' ');
                i += 2;
            } else {
                bytes.write(text[i]);
            }
        }
        return bytes.toByteArray();
    }

    private byte byteValue(int id) {
        String text = new String(vocabulary.text(id), UTF_8);
        if (!text.matches("<0x[0-9A-Fa-f]{2}>")) {
            throw new TokenizerException("token %d is of type byte but spelled '%s', not like <0x0A>; the file is damaged"
                    .formatted(id, text));
        }
        return (byte) HexFormat.fromHexDigits(text, 3, 5);
    }
}
