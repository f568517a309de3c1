package dev.mneme.actors.session;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;

/**
 * How a session remembers that leaves it to Mneme: by the memory that the machine has left. Between two
 * turns only, and journaled like any other edit, so that no bit depends on anything that the journal does not have.
 *
 * <p>Inside the window every policy is dense. Past it the model's default holds. Where
 * memory is short, window and retrieved blocks are halved, and so are the bytes of new blocks; between short and ample all
 * stays as it is.
 */
final class PickedMemory {
    static final long SHORT_BYTES = 512L << 20;
    static final long AMPLE_BYTES = 2 * SHORT_BYTES;

    private PickedMemory() {}

    /**
     * The policy of a session.
     *
     * @param before the policy in force
     */
    static MemoryPolicy policy(ModelMemory memory, MemoryPolicy before) {
        if (!(memory.byDefault() instanceof MemoryPolicy.Sparse full)) {
            return memory.byDefault();
        }
        return isSmall(memory, before, full) ? halved(full) : full;
    }

    private static boolean isSmall(ModelMemory memory, MemoryPolicy before, MemoryPolicy.Sparse full) {
        return isShort(memory, before instanceof MemoryPolicy.Sparse sparse && sparse.window() < full.window());
    }

    private static boolean isShort(ModelMemory memory, boolean wasShort) {
        return memory.freeBytes() < (wasShort ? AMPLE_BYTES : SHORT_BYTES);
    }

    /**
     * The format of a session's new blocks.
     *
     * @param before the format in force
     */
    static KvFormat format(ModelMemory memory, KvFormat before) {
        return isShort(memory, before == KvFormat.I8) ? KvFormat.I8 : KvFormat.F16;
    }

    private static MemoryPolicy.Sparse halved(MemoryPolicy.Sparse full) {
        int window = Math.max(1, full.window() / KvLayout.BLOCK / 2) * KvLayout.BLOCK;
        return new MemoryPolicy.Sparse(
                full.sinks(), window, full.topK() / 2, full.candidates(), full.refresh(), full.survey());
    }
}
