package dev.mneme.runtime.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The 256 visible characters in which GPT-2's vocabulary spells bytes: printable Latin-1 characters stand for themselves,
 * the other bytes, in order, for the characters from U+0100 on (Radford et al., 2019).
 */
final class ByteAlphabet {
    private static final byte[][] SPELLING = new byte[256][];
    private static final int[] BYTE_OF = new int[0x100 + 68];

    static {
        Arrays.fill(BYTE_OF, -1);
        int next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            int c = printable ? b : next++;
            SPELLING[b] = Character.toString(c).getBytes(UTF_8);
            BYTE_OF[c] = b;
        }
    }

    private ByteAlphabet() {}

    /** UTF-8 of the character that stands for the byte; shared, not to be changed. */
    static byte[] spelling(byte b) {
        return SPELLING[b & 0xFF];
    }

    /** The bytes that a token's text spells; a character outside the alphabet stands for its own UTF-8. */
    static byte[] decode(byte[] text) {
        var bytes = new ByteArrayOutputStream(text.length);
        for (int i = 0; i < text.length; i += Utf8.length(text[i])) {
            int c = Utf8.codePoint(text, i);
            if (c < BYTE_OF.length && BYTE_OF[c] >= 0) {
                bytes.write(BYTE_OF[c]);
            } else {
                bytes.write(text, i, Utf8.length(text[i]));
            }
        }
        return bytes.toByteArray();
    }
}
