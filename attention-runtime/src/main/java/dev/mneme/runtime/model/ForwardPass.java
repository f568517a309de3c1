package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.GroupChoices;
import dev.mneme.runtime.kv.KvArrays;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.LayerGroup;
import dev.mneme.runtime.kv.RetrievalMemory;
import java.util.List;
import java.util.OptionalInt;

/**
 * Runs steps of a model. Owned by one engine thread: {@link #run} and {@link #close} are called by
 * one thread at a time. Owns its scratch memory (sized for {@value #MOST_ROWS} tokens, whatever is
 * asked) and its compute threads or device.
 *
 * <p>All keys and values of a layer are written before attention of that layer runs, so tokens of
 * one run see each other through the open blocks. Every output is computed by one task in the
 * canonical order: neither the cutting into tasks nor who else is in the batch changes a bit.
 */
public final class ForwardPass implements AutoCloseable {
    /** Tokens that are computed together at most; longer runs are cut. */
    public static final int MOST_ROWS = 512;

    /** Fills a tile of four and begins another. */
    private static final int WARM_TOKENS = 5;

    private final ModelSpec spec;
    private final LayerGroups groups;
    private final StepComputation computation;
    private final Runnable afterRun;

    /** A pass over such a model that does {@code afterRun} after each {@link #run}. */
    ForwardPass(ModelSpec spec, LayerGroups groups, StepComputation computation, Runnable afterRun) {
        this.spec = spec;
        this.groups = groups;
        this.computation = computation;
        this.afterRun = afterRun;
    }

    /**
     * Computes one mixed batch: writes the keys and values of every run's tokens into its open
     * blocks and hands the wanted logits to the sinks, run after run. Runs of one batch belong to
     * different sessions. What a sink throws comes out here, and the rest of the batch is undone
     * work.
     *
     * @throws IllegalArgumentException if a token id is not of the model, a position lies beyond its
     *                                  window under a dense policy, a session's blocks have another
     *                                  model's layout, a sparse policy does not fit the model, or a
     *                                  run starts inside a survey whose choices are not kept;
     *                                  nothing was written then
     */
    public void run(List<TokenRun> runs) {
        compute(runs);
        afterRun.run();
    }

    /**
     * Computes a few tokens that nobody asked for, so that kernels are compiled and weights are in memory before somebody
     * waits for them: in a new process a first step costs a hundred times what the next one does.
     */
    public void warmUp() {
        if (spec.contextLength() < 2 * KvLayout.BLOCK) {
            return;
        }
        List<LayerGroup> all = groups.groups();
        try (KvArrays memory = new KvArrays(new KvLayout(KvFormat.F16, spec.kvHeads(), spec.headDim(), all), 0)) {
            all.forEach(group -> memory.open(0, group.index())); // zeros to look back at
            // The last layer goes on with the last token alone, so that kernels for one token are warmed up as well.
            TokenRun run = new TokenRun(new int[WARM_TOKENS], KvLayout.BLOCK, memory, WARM_TOKENS - 1, (_, _) -> { });
            compute(List.of(run));
        }
    }

    private void compute(List<TokenRun> runs) {
        for (TokenRun run : runs) {
            check(run);
        }
        Step.cut(runs, MOST_ROWS, groups.groups(), spec.contextLength()).forEach(computation::run);
    }

    private void check(TokenRun run) {
        checkLength(run);
        for (int token : run.tokens()) {
            if (token < 0 || token >= spec.vocabularySize()) {
                throw new IllegalArgumentException(
                        "token " + token + " is not one of the model's " + spec.vocabularySize());
            }
        }
        KvLayout layout = run.memory().layout();
        if (layout.kvHeads() != spec.kvHeads() || layout.headDim() != spec.headDim()
                || !layout.groups().equals(groups.groups())) {
            throw new IllegalArgumentException("the session's blocks have the layout of another model: " + layout);
        }
    }

    private void checkLength(TokenRun run) {
        int window = spec.contextLength();
        int longest = run.policy() instanceof MemoryPolicy.Sparse ? Integer.MAX_VALUE - KvLayout.BLOCK : window;
        if (run.tokens().length > longest - run.position()) {
            throw new IllegalArgumentException(run.tokens().length + " tokens at position " + run.position()
                    + " end beyond the model's window of " + window + ", and the session's memory policy is dense");
        }
        if (run.position() + run.tokens().length > run.policy().firstSparsePosition(window)) {
            run.policy().check(window);
        }
        if (run.policy() instanceof MemoryPolicy.Sparse sparse) {
            checkRetrieval(run, sparse);
        }
    }

    private void checkRetrieval(TokenRun run, MemoryPolicy.Sparse policy) {
        RetrievalMemory memory = run.memory().retrieval().orElseThrow(() -> new IllegalArgumentException(
                "a session with a sparse policy needs memory for summaries and choices"));
        LayerGroup global = groups.groups().getFirst();
        int layers = global.layers().size();
        int kvHeads = spec.kvHeads();
        long bytes = GroupChoices.bytes(layers, kvHeads, policy.keptBlocks());
        if (memory.choices().byteSize() < bytes) {
            throw new IllegalArgumentException("memory for choices must have " + bytes + " bytes, but is " + memory.choices());
        }
        OptionalInt needed = policy.neededGroup(run.position());
        if (global.window() > 0 || needed.isEmpty()
                || run.position() < policy.firstSparsePosition(spec.contextLength())) {
            return;
        }
        GroupChoices choices = new GroupChoices(memory.choices(), kvHeads, policy.topK(), policy.shortlist());
        if (!choices.areOf(needed.getAsInt(), layers)) {
            throw new IllegalArgumentException("the run starts at position " + run.position() + " and needs the choices of the query"
                    + " group from " + needed.getAsInt() + ", which are not there: compute the session again from position "
                    + policy.surveyStart(run.position()));
        }
    }

    /** Ends the compute threads, or gives up the device. */
    @Override
    public void close() {
        computation.close();
    }
}
