package dev.mneme.runtime.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Cuts a text at the special tokens spelled in it, longest token first. The order is over the whole text and not from left
 * to right, as in llama.cpp: a longer token wins against a shorter one that starts before it.
 *
 * <p>User-defined tokens are found everywhere, control and unknown ones only where the text comes from a template.
 */
final class SpecialTokens {
    /** {@code text[from .. to)}, and the special token that it is, or {@link #PLAIN}. */
    record Fragment(int from, int to, int id) {
        static final int PLAIN = -1;

        boolean isPlain() {
            return id == PLAIN;
        }
    }

    private final Vocabulary vocabulary;
    /** Longest first, equally long ones by id: a token's place here is its rank. */
    private final int[] ids;
    private final byte[][] texts;
    private final ByteTrie ranks = new ByteTrie();

    SpecialTokens(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        var special = new ArrayList<Integer>();
        for (int id = 0; id < vocabulary.size(); id++) {
            boolean counts = switch (vocabulary.type(id)) {
                case CONTROL, USER_DEFINED, UNKNOWN -> true;
                case NORMAL, UNUSED, BYTE, UNDEFINED -> false;
            };
            if (counts && vocabulary.textLength(id) > 0) {
                special.add(id);
            }
        }
        special.sort((a, b) -> vocabulary.textLength(b) - vocabulary.textLength(a));
        ids = special.stream().mapToInt(Integer::intValue).toArray();
        texts = new byte[ids.length][];
        for (int rank = 0; rank < ids.length; rank++) {
            texts[rank] = vocabulary.text(ids[rank]);
            ranks.put(texts[rank], rank);
        }
    }

    /** @param template the bytes of the text that a template wrote */
    List<Fragment> cut(byte[] text, BitSet template) {
        List<Fragment> fragments = new ArrayList<>();
        if (text.length > 0) {
            fragments.add(new Fragment(0, text.length, Fragment.PLAIN));
        }
        BitSet occurring = ranks.occurringIn(text);
        for (int rank = occurring.nextSetBit(0); rank >= 0; rank = occurring.nextSetBit(rank + 1)) {
            fragments = cutAt(rank, fragments, text, template);
        }
        return fragments;
    }

    private List<Fragment> cutAt(int rank, List<Fragment> fragments, byte[] text, BitSet template) {
        byte[] token = texts[rank];
        boolean templateOnly = vocabulary.isControl(ids[rank]);
        List<Fragment> result = new ArrayList<>(fragments.size() + 2);
        for (Fragment fragment : fragments) {
            if (!fragment.isPlain()) {
                result.add(fragment);
                continue;
            }
            int start = fragment.from();
            int i = start;
            while (i + token.length <= fragment.to()) {
                boolean found = text[i] == token[0]
                        && Arrays.equals(text, i, i + token.length, token, 0, token.length)
                        && !(templateOnly && template.nextClearBit(i) < i + token.length);
                if (!found) {
                    i++;
                    continue;
                }
                if (start < i) {
                    result.add(new Fragment(start, i, Fragment.PLAIN));
                }
                result.add(new Fragment(i, i + token.length, ids[rank]));
                i += token.length;
                start = i;
            }
            if (start < fragment.to()) {
                result.add(new Fragment(start, fragment.to(), Fragment.PLAIN));
            }
        }
        return result;
    }
}
