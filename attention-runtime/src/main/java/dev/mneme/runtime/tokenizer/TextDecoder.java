package dev.mneme.runtime.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;

/**
 * Turns a stream of tokens into text as they come. A token may end in the middle of a character: its bytes are held back
 * until the character is complete. Invalid UTF-8 becomes U+FFFD, and the pieces add up to what decoding all bytes at once
 * would give. For one thread at a time.
 */
public final class TextDecoder {
    private static final int LONGEST_CHARACTER = 4;

    private final Tokenizer tokenizer;
    private final CharsetDecoder decoder = UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] held = new byte[0];

    TextDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** The characters that this token completes; often one token's text, sometimes empty. */
    public String append(int id) {
        byte[] added = tokenizer.textBytes(id);
        ByteBuffer bytes = ByteBuffer.allocate(held.length + added.length).put(held).put(added).flip();
        CharBuffer chars = CharBuffer.allocate(bytes.remaining());
        decoder.decode(bytes, chars, false);
        held = new byte[bytes.remaining()];
        bytes.get(held);
        return chars.flip().toString();
    }

    /** What is still held back, as U+FFFD; afterwards the decoder is as new. */
    public String finish() {
        CharBuffer chars = CharBuffer.allocate(LONGEST_CHARACTER);
        decoder.decode(ByteBuffer.wrap(held), chars, true);
        decoder.flush(chars);
        decoder.reset();
        held = new byte[0];
        return chars.flip().toString();
    }
}
