package dev.mneme.runtime.tokenizer;

import dev.mneme.runtime.gguf.GgufFile;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A model's tokenizer: text to token ids and back, equal to llama.cpp's for the same file. Immutable and thread-safe; it
 * copies what it needs, so it outlives the file.
 *
 * <p>No method adds a begin-of-sequence token: whoever starts a session puts {@link #beginOfSequence()} first.
 */
public interface Tokenizer {
    /**
     * Opens the tokenizer of a model file.
     *
     * @throws TokenizerException if the kind of tokenizer or its pre-tokenizer is not supported, or its tables contradict
     *     one another
     */
    static Tokenizer from(GgufFile file) {
        return TokenizerMetadata.read(file.metadata());
    }

    /**
     * Ids of parts of a text, taken together.
     *
     * @throws MalformedTextException on a lone surrogate
     */
    int[] encode(List<TextPart> parts);

    /** Ids of a user's or model's text: control tokens spelled in it stay text, user-defined ones are found. */
    default int[] encodeText(String text) {
        return encode(List.of(new TextPart.Message(text)));
    }

    /** Ids of a template's text: control tokens spelled in it are those tokens. */
    default int[] encodeTemplate(String text) {
        return encode(List.of(new TextPart.Template(text)));
    }

    /** The token that every session starts with, if the model asks for one. */
    OptionalInt beginOfSequence();

    /** The end-of-text token that the file names, if any; templates may write it. */
    OptionalInt endOfSequence();

    /** The tokens after which a reply is complete. */
    Set<Integer> endOfGeneration();

    /** Whether the token carries no text, only meaning. */
    boolean isControl(int id);

    int vocabularySize();

    /** The bytes of a token, not always whole characters; a control token gives its spelling. A fresh array. */
    byte[] piece(int id);

    /** The bytes that a reader is shown: like {@link #piece}, but empty for control tokens. A fresh array. */
    byte[] textBytes(int id);

    /** The text of all the tokens; control tokens show nothing, invalid UTF-8 becomes U+FFFD. */
    String decode(int[] ids);

    default TextDecoder newTextDecoder() {
        return new TextDecoder(this);
    }
}
