package dev.mneme.actors.memory;

import dev.mneme.runtime.attention.MemoryPolicyException;
import dev.mneme.runtime.kv.KvFormat;
import java.util.List;
import java.util.Locale;

/**
 * KV formats as text, as journals and block keys have them: {@code F16}. As in a policy's text, {@code auto} before it says
 * that Mneme picked the format and may pick another one, and is no part of keys.
 */
public final class FormatText {
    private static final List<KvFormat> FORMATS = List.of(KvFormat.values());

    private FormatText() {}

    /** The text of a format. */
    public static String format(KvFormat format) {
        return format.name();
    }

    /** The text of a format that Mneme picked. */
    public static String formatPicked(KvFormat format) {
        return PolicyText.AUTO + format(format);
    }

    /**
     * The format that a text without the word of who picked it names.
     *
     * @throws MemoryPolicyException if it names none
     */
    static KvFormat parse(String plain) {
        String name = plain.toUpperCase(Locale.ROOT);
        // Without a stream: a step asks this of each of its blocks.
        for (KvFormat format : FORMATS) {
            if (format.name().equals(name)) {
                return format;
            }
        }
        throw new MemoryPolicyException("KV format '" + plain + "' is not known to this version of Mneme");
    }
}
