package dev.mneme.actors.memory;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicyException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Memory policies as text, as journals and block keys have them: {@code dense}, or {@code sparse sinks=64 window=1024
 * topK=16 candidates=64 refresh=8}. Equal policies have equal texts. {@code auto} before it says that Mneme picked the
 * policy and may pick another one; how blocks are computed, and so their keys, follow from the rest alone. Pins are no part
 * of it: they are edits of their own.
 */
public final class PolicyText {
    private static final String DENSE = "dense";
    private static final String SPARSE = "sparse";
    static final String AUTO = "auto ";
    private static final List<String> NUMBERS = List.of("sinks", "window", "topK", "candidates", "refresh");

    private PolicyText() {}

    /** The text of a policy. */
    public static String format(MemoryPolicy policy) {
        return switch (policy) {
            case MemoryPolicy.Dense dense -> DENSE;
            case MemoryPolicy.Sparse sparse -> "sparse sinks=%d window=%d topK=%d candidates=%d refresh=%d"
                    .formatted(sparse.sinks(), sparse.window(), sparse.topK(), sparse.candidates(), sparse.refresh());
        };
    }

    /** The text of a policy that Mneme picked. */
    public static String formatPicked(MemoryPolicy policy) {
        return AUTO + format(policy);
    }

    /** Whether Mneme picked the policy or the format that a text names. */
    static boolean isPicked(String text) {
        return text.startsWith(AUTO);
    }

    /** A text without the word of who picked the policy. */
    static String plain(String text) {
        return isPicked(text) ? text.substring(AUTO.length()) : text;
    }

    /**
     * The policy that a text names, whoever picked it.
     *
     * @throws MemoryPolicyException if it names none, or one that contradicts itself
     */
    public static MemoryPolicy parse(String text) {
        return parsePlain(plain(text));
    }

    private static MemoryPolicy parsePlain(String text) {
        if (text.equals(DENSE)) {
            return MemoryPolicy.dense();
        }
        List<String> words = Arrays.asList(text.split(" ", -1));
        if (!words.getFirst().equals(SPARSE) || words.size() != 1 + NUMBERS.size()) {
            throw unknown(text);
        }
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (String word : words.subList(1, words.size())) {
            String[] sides = word.split("=", -1);
            if (sides.length != 2 || !sides[1].matches("[0-9]{1,9}")) {
                throw unknown(text);
            }
            numbers.put(sides[0], Integer.valueOf(sides[1]));
        }
        if (!List.copyOf(numbers.keySet()).equals(NUMBERS)) {
            throw unknown(text);
        }
        int[] values = numbers.values().stream().mapToInt(Integer::intValue).toArray();
        return new MemoryPolicy.Sparse(values[0], values[1], values[2], values[3], values[4]);
    }

    private static MemoryPolicyException unknown(String text) {
        return new MemoryPolicyException("memory policy: '" + text + "' is not known to this version of Mneme");
    }
}
