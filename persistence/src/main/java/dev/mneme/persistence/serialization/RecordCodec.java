package dev.mneme.persistence.serialization;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import dev.mneme.persistence.RecordTooNewException;
import dev.mneme.persistence.RecordUnreadableException;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.SessionSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Turns a {@link SessionEvent} or a {@link SessionSnapshot} into bytes and back.
 *
 * <p>The bytes are a Kryo registration id, a version, and the fields. Beside them goes the manifest, the kind and the
 * version in plain text, so that a reader knows before it reads whether it can. Thread-safe.
 */
public final class RecordCodec {
    private static final int LONGEST_RECORD = 1 << 30;
    private static final Map<Class<?>, RecordKind<?>> BY_TYPE = new HashMap<>();
    private static final Map<String, RecordKind<?>> BY_NAME = new HashMap<>();

    static {
        for (RecordKind<?> kind : RecordKinds.ALL) {
            BY_TYPE.put(kind.type(), kind);
            BY_NAME.put(kind.name(), kind);
        }
    }

    private RecordCodec() {}

    /** The kind and version that {@code value} is written as, such as {@code created:1}. */
    public static String manifest(Object value) {
        return kindOf(value).manifest();
    }

    /** The bytes of {@code value}, which is an event or a snapshot. */
    public static byte[] encode(Object value) {
        RecordKind<?> kind = kindOf(value);
        Output output = new Output(256, LONGEST_RECORD);
        kind.write(output, value);
        return output.toBytes();
    }

    /**
     * The event or snapshot in {@code bytes}.
     *
     * @throws RecordTooNewException if this version of Mneme does not know the kind or its version
     * @throws RecordUnreadableException if the bytes are not a record of that kind
     */
    public static Object decode(String manifest, byte[] bytes) {
        RecordKind<?> kind = kindOf(manifest);
        Input input = new Input(bytes);
        Optional<?> value;
        try {
            value = kind.read(input);
        } catch (RecordTooNewException e) {
            throw e;
        } catch (RuntimeException e) {
            // Whatever damaged bytes provoke on the way: an underflow, an unknown name, a date that is none.
            throw new RecordUnreadableException(manifest, "its bytes are damaged", e);
        }
        if (value.isPresent() && input.position() != bytes.length) {
            throw new RecordUnreadableException(manifest, "bytes are left over", null);
        }
        return value.orElseThrow(() -> new RecordUnreadableException(manifest, "it holds something else", null));
    }

    private static RecordKind<?> kindOf(Object value) {
        RecordKind<?> kind = BY_TYPE.get(value.getClass());
        if (kind == null) {
            throw new IllegalArgumentException("no journal record: " + value.getClass().getName());
        }
        return kind;
    }

    private static RecordKind<?> kindOf(String manifest) {
        int colon = manifest.indexOf(':');
        RecordKind<?> kind = colon < 0 ? null : BY_NAME.get(manifest.substring(0, colon));
        if (kind == null) {
            throw new RecordTooNewException(manifest);
        }
        int version;
        try {
            version = Integer.parseInt(manifest.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new RecordUnreadableException(manifest, "its version is no number", e);
        }
        if (version < 1 || version > kind.version()) {
            throw new RecordTooNewException(manifest);
        }
        return kind;
    }
}
