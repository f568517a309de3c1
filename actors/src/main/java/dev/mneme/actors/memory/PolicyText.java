package dev.mneme.actors.memory;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicyException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory policies as text, as journals and block keys have them: {@code dense}, or {@code sparse sinks=64 window=1024
 * topK=16 candidates=64 refresh=4 survey=16}, without the survey where each choice is one. Equal policies have equal texts. {@code auto} before it says that Mneme picked the
 * policy and may pick another one; how blocks are computed, and so their keys, follow from the rest alone. Pins are no part
 * of it: they are edits of their own.
 */
public final class PolicyText {
    private static final String DENSE = "dense";
    static final String AUTO = "auto ";
    private static final Pattern SPARSE = Pattern.compile(
            "sparse sinks=N window=N topK=N candidates=N refresh=N(?: survey=N)?".replace("N", "(\\d{1,9})"));

    private PolicyText() {}

    /** The text of a policy. */
    public static String format(MemoryPolicy policy) {
        return switch (policy) {
            case MemoryPolicy.Dense dense -> DENSE;
            case MemoryPolicy.Sparse sparse -> "sparse sinks=%d window=%d topK=%d candidates=%d refresh=%d"
                            .formatted(sparse.sinks(), sparse.window(), sparse.topK(), sparse.candidates(), sparse.refresh())
                    + (sparse.survey() == sparse.refresh() ? "" : " survey=" + sparse.survey());
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
        Matcher sparse = SPARSE.matcher(text);
        if (!sparse.matches()) {
            throw unknown(text);
        }
        int refresh = number(sparse, 5);
        MemoryPolicy policy = new MemoryPolicy.Sparse(
                number(sparse, 1),
                number(sparse, 2),
                number(sparse, 3),
                number(sparse, 4),
                refresh,
                sparse.group(6) == null ? refresh : number(sparse, 6));
        if (!format(policy).equals(text)) {
            throw unknown(text);
        }
        return policy;
    }

    private static int number(Matcher sparse, int place) {
        return Integer.parseInt(sparse.group(place));
    }

    private static MemoryPolicyException unknown(String text) {
        return new MemoryPolicyException("memory policy: '" + text + "' is not known to this version of Mneme");
    }
}
