package dev.mneme.runtime.tokenizer;

import dev.mneme.runtime.gguf.GgufMetadata;
import dev.mneme.runtime.gguf.GgufStrings;
import dev.mneme.runtime.tokenizer.BytePairEncoding.WholeWords;
import dev.mneme.runtime.tokenizer.SentencePieceEncoding.SpacePrefix;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Reads the {@code tokenizer.ggml.*} keys of a model file, with the defaults that files rely on. */
final class TokenizerMetadata {
    private static final String PREFIX = "tokenizer.ggml.";

    private final GgufMetadata metadata;

    private TokenizerMetadata(GgufMetadata metadata) {
        this.metadata = metadata;
    }

    static Tokenizer read(GgufMetadata metadata) {
        var keys = new TokenizerMetadata(metadata);
        String model = metadata.string(PREFIX + "model");
        return switch (model) {
            case "gpt2" -> keys.bytePair();
            case "llama" -> keys.sentencePiece();
            default -> throw new TokenizerException(
                    "the tokenizer '%s' (tokenizer.ggml.model) is not supported; gpt2 and llama are".formatted(model));
        };
    }

    private Tokenizer bytePair() {
        String name = metadata.stringOr(PREFIX + "pre", "default");
        PreTokenizer preTokenizer = PreTokenizer.named(name);
        boolean llama3 = name.startsWith("llama");
        Vocabulary vocabulary = vocabulary(OptionalInt.empty());
        var encoding = new BytePairEncoding(vocabulary, packed(metadata.strings(PREFIX + "merges")), preTokenizer,
                llama3 ? WholeWords.TAKEN : WholeWords.MERGED);
        return tokenizer(vocabulary, encoding, llama3, OptionalInt.empty(), OptionalInt.empty());
    }

    private Tokenizer sentencePiece() {
        Vocabulary vocabulary = vocabulary(OptionalInt.of(2));
        var encoding = new SentencePieceEncoding(vocabulary,
                metadata.flagOr(PREFIX + "add_space_prefix", true) ? SpacePrefix.ADDED : SpacePrefix.NONE,
                id("unknown_token_id", OptionalInt.of(0), vocabulary.size()).orElseThrow());
        return tokenizer(vocabulary, encoding, true, OptionalInt.of(1), OptionalInt.of(2));
    }

    private Tokenizer tokenizer(Vocabulary vocabulary, Encoding encoding, boolean begins, OptionalInt usualBegin,
            OptionalInt usualEnd) {
        OptionalInt begin = OptionalInt.empty();
        if (metadata.flagOr(PREFIX + "add_bos_token", begins)) {
            begin = id("bos_token_id", usualBegin, vocabulary.size());
        }
        return new VocabularyTokenizer(vocabulary, encoding, begin, id("eos_token_id", usualEnd, vocabulary.size()));
    }

    private Vocabulary vocabulary(OptionalInt usualEnd) {
        PackedStrings texts = packed(metadata.strings(PREFIX + "tokens"));
        List<Integer> ends = Stream.of(
                        id("eos_token_id", usualEnd, texts.size()),
                        id("eot_token_id", OptionalInt.empty(), texts.size()),
                        id("eom_token_id", OptionalInt.empty(), texts.size()))
                .flatMapToInt(OptionalInt::stream).boxed().toList();
        return new Vocabulary(texts,
                metadata.has(PREFIX + "token_type") ? metadata.integers(PREFIX + "token_type") : new int[0],
                metadata.has(PREFIX + "scores") ? metadata.floats(PREFIX + "scores") : new float[0], ends);
    }

    private OptionalInt id(String key, OptionalInt usual, int size) {
        OptionalInt id = metadata.has(PREFIX + key) ? OptionalInt.of(metadata.integer(PREFIX + key)) : usual;
        if (id.isPresent() && (id.getAsInt() < 0 || id.getAsInt() >= size)) {
            throw new TokenizerException("%s%s is %d, but there are only %d tokens"
                    .formatted(PREFIX, key, id.getAsInt(), size));
        }
        return id;
    }

    private static PackedStrings packed(GgufStrings strings) {
        return new PackedStrings(strings.region(), strings.regionStarts(), GgufStrings.LENGTH_BYTES);
    }
}
