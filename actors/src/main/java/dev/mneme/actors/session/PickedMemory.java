package dev.mneme.actors.session;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;

/**
 * How a session remembers that leaves it to Mneme: by its length and by the memory that the machine has left. Between two
 * turns only, and journaled like any other edit, so that no bit depends on anything that the journal does not have.
 *
 * <p>Inside the window every policy is dense. Past it the model's default holds, with more candidates the longer the session
 * is: an eighth of its blocks, rounded up to a power of two, to a limit. Where
 * memory is short, window and retrieved blocks are halved, and so are the bytes of new blocks; between short and ample all
 * stays as it is.
 */
final class PickedMemory {
    static final long SHORT_BYTES = 512L << 20;
    static final long AMPLE_BYTES = 2 * SHORT_BYTES;
    private static final int BLOCKS_PER_CANDIDATE = 8;
    private static final int MOST_CANDIDATES = 512;

    private PickedMemory() {}

    /**
     * The policy of a session of {@code tokens} tokens.
     *
     * @param before the policy in force
     */
    static MemoryPolicy policy(ModelMemory memory, MemoryPolicy before, int tokens) {
        if (!(memory.byDefault() instanceof MemoryPolicy.Sparse full)) {
            return memory.byDefault();
        }
        MemoryPolicy.Sparse size = isSmall(memory, before, full) ? halved(full) : full;
        int candidates = size.candidates() == 0 ? 0 : Math.max(size.candidates(), candidates(tokens));
        return new MemoryPolicy.Sparse(size.sinks(), size.window(), size.topK(), candidates, size.refresh());
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
                full.sinks(), window, full.topK() / 2, full.candidates(), full.refresh());
    }

    private static int candidates(int tokens) {
        int wanted = Math.max(1, tokens / KvLayout.BLOCK / BLOCKS_PER_CANDIDATE);
        int power = wanted == 1 ? 1 : 2 * Integer.highestOneBit(wanted - 1);
        return Math.min(MOST_CANDIDATES, power);
    }
}
