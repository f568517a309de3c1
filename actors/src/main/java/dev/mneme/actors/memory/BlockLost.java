package dev.mneme.actors.memory;

/**
 * A step asked for a full block that is not in the store any more, as a whole or what layers with a native window have of
 * it, or is damaged there. Thrown through the forward pass
 * on the engine thread, which puts a {@link Detour} before the rest of the turn and runs the step again: past the window
 * a plan names blocks that nobody can know of before, so they are looked for when they are read.
 */
public final class BlockLost extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient SessionMemory memory;
    private final int block;
    private final String problem;

    BlockLost(SessionMemory memory, int block, String problem) {
        super("block " + block + " is " + problem, null, false, false);
        this.memory = memory;
        this.block = block;
        this.problem = problem;
    }

    /** Whose block it is. */
    public SessionMemory memory() {
        return memory;
    }

    int block() {
        return block;
    }

    String problem() {
        return problem;
    }
}
