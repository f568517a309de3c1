package dev.mneme.runtime.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mneme.runtime.tokenizer.SpecialTokens.Fragment;
import java.io.ByteArrayOutputStream;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Puts vocabulary, special tokens and encoding together. */
final class VocabularyTokenizer implements Tokenizer {
    private final Vocabulary vocabulary;
    private final Encoding encoding;
    private final SpecialTokens specialTokens;
    private final OptionalInt beginOfSequence;
    private final OptionalInt endOfSequence;

    VocabularyTokenizer(Vocabulary vocabulary, Encoding encoding, OptionalInt beginOfSequence, OptionalInt endOfSequence) {
        this.vocabulary = vocabulary;
        this.encoding = encoding;
        this.specialTokens = new SpecialTokens(vocabulary);
        this.beginOfSequence = beginOfSequence;
        this.endOfSequence = endOfSequence;
    }

    @Override
    public int[] encode(List<TextPart> parts) {
        var bytes = new ByteArrayOutputStream();
        var template = new BitSet();
        for (TextPart part : parts) {
            int start = bytes.size();
            bytes.writeBytes(Utf8.encode(part.text()));
            if (part instanceof TextPart.Template) {
                template.set(start, bytes.size());
            }
        }
        byte[] text = bytes.toByteArray();
        var ids = new TokenList();
        var encoder = encoding.newEncoder(ids);
        boolean afterSpecial = true;
        for (Fragment fragment : specialTokens.cut(text, template)) {
            if (fragment.isPlain()) {
                encoder.encode(text, fragment.from(), fragment.to(), afterSpecial);
            } else {
                ids.add(fragment.id());
            }
            afterSpecial = !fragment.isPlain();
        }
        return ids.toArray();
    }

    @Override
    public OptionalInt beginOfSequence() {
        return beginOfSequence;
    }

    @Override
    public OptionalInt endOfSequence() {
        return endOfSequence;
    }

    @Override
    public Set<Integer> endOfGeneration() {
        return vocabulary.endOfGeneration();
    }

    @Override
    public boolean isControl(int id) {
        return vocabulary.isControl(id);
    }

    @Override
    public int vocabularySize() {
        return vocabulary.size();
    }

    @Override
    public byte[] piece(int id) {
        return switch (vocabulary.type(id)) {
            case CONTROL, UNKNOWN, USER_DEFINED -> vocabulary.text(id);
            case NORMAL, BYTE, UNUSED, UNDEFINED -> encoding.bytes(id);
        };
    }

    @Override
    public byte[] textBytes(int id) {
        return vocabulary.isControl(id) ? new byte[0] : piece(id);
    }

    @Override
    public String decode(int[] ids) {
        var bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(textBytes(id));
        }
        return bytes.toString(UTF_8);
    }
}
