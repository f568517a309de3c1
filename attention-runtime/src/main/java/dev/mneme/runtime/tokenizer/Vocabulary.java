package dev.mneme.runtime.tokenizer;

import static dev.mneme.runtime.tokenizer.PackedStringIndex.ABSENT;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mneme.runtime.tokenizer.PackedStringIndex.Duplicates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The token list of a model file: texts as they are spelled there, types and scores.
 *
 * <p>Files do not say which tokens end a generation beyond one or two of them. Like llama.cpp, whose convention the files
 * follow, we know the others by their spelling, and such a token is a control token whatever its type says.
 */
final class Vocabulary {
    private static final List<String> END_OF_GENERATION = List.of(
            "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<end_of_turn>", "<|endoftext|>",
            "<|eom_id|>", "<EOT>", "_<EOT>", "<|end_of_text|>", "<end_of_utterance>");
    /** Also an HTML tag, which vocabularies may hold as an ordinary piece of text: an end only where it is none. */
    private static final String HTML_LIKE_END = "</s>";
    /** The first of each row that exists; code models write them after the end of a file. */
    private static final List<List<String>> END_OF_FILE = List.of(
            List.of("<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>"),
            List.of("<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"),
            List.of("<|file_sep|>"));

    private final PackedStrings texts;
    private final PackedStringIndex index;
    private final int[] types;
    private final float[] scores;
    private final Set<Integer> endOfGeneration;

    /**
     * @param types numbers as in the file; empty when the file has none (then every token is an ordinary one)
     * @param scores empty when the file has none
     * @param namedEnds tokens that the file names as ends of a text or turn
     */
    Vocabulary(PackedStrings texts, int[] types, float[] scores, List<Integer> namedEnds) {
        int size = texts.size();
        if (size == 0) {
            throw new TokenizerException("tokenizer.ggml.tokens is empty");
        }
        if ((types.length != 0 && types.length != size) || (scores.length != 0 && scores.length != size)) {
            throw new TokenizerException("tokenizer.ggml.tokens has %d entries, but token_type has %d and scores %d"
                    .formatted(size, types.length, scores.length));
        }
        this.texts = texts;
        this.index = new PackedStringIndex(texts, Duplicates.LAST);
        this.scores = scores;
        this.types = types.length == 0 ? new int[size] : types.clone();
        if (types.length == 0) {
            Arrays.fill(this.types, TokenType.NORMAL.number);
        }
        for (int id : namedEnds) {
            checked(id);
        }
        this.endOfGeneration = Set.copyOf(findEnds(namedEnds));
    }

    private Set<Integer> findEnds(List<Integer> namedEnds) {
        var ends = new TreeSet<>(namedEnds);
        var spelled = new ArrayList<Integer>();
        for (String text : END_OF_GENERATION) {
            spelled.add(find(text));
        }
        int htmlLike = find(HTML_LIKE_END);
        spelled.add(htmlLike >= 0 && type(htmlLike) == TokenType.NORMAL ? ABSENT : htmlLike);
        for (List<String> row : END_OF_FILE) {
            spelled.add(row.stream().map(this::find).filter(id -> id >= 0).findFirst().orElse(ABSENT));
        }
        for (int id : spelled) {
            if (id >= 0) {
                types[id] = TokenType.CONTROL.number;
                ends.add(id);
            }
        }
        return ends;
    }

    int size() {
        return texts.size();
    }

    /** The token spelled {@code bytes[from .. to)}, or {@link PackedStringIndex#ABSENT}. */
    int find(byte[] bytes, int from, int to) {
        return index.find(bytes, from, to);
    }

    int find(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return find(bytes, 0, bytes.length);
    }

    TokenType type(int id) {
        return TokenType.of(types[checked(id)]);
    }

    boolean isControl(int id) {
        TokenType type = type(id);
        return type == TokenType.CONTROL || type == TokenType.UNKNOWN;
    }

    float score(int id) {
        return scores.length == 0 ? 0 : scores[id];
    }

    byte[] text(int id) {
        return texts.get(checked(id));
    }

    int textLength(int id) {
        return texts.length(id);
    }

    int longest() {
        return index.longest();
    }

    Set<Integer> endOfGeneration() {
        return endOfGeneration;
    }

    private int checked(int id) {
        if (id < 0 || id >= types.length) {
            throw new IllegalArgumentException("no token has the id %d: this model's vocabulary has %d tokens, from 0"
                    .formatted(id, types.length));
        }
        return id;
    }
}
