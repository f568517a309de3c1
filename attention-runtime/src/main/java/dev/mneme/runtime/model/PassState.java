package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.SplitMerge;
import dev.mneme.runtime.kernel.KernelProvider;
import dev.mneme.runtime.kernel.Kernels;
import dev.mneme.runtime.kernel.ScoredRows;
import dev.mneme.runtime.kv.BlockSealing;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvWriter;
import dev.mneme.runtime.kv.LayerGroup;
import dev.mneme.runtime.kv.SummaryLayout;
import java.util.Arrays;
import java.util.List;

/**
 * What the stages of a forward pass share. The step's fields are written by the engine thread
 * between stages only.
 */
final class PassState {
    final ModelSpec spec;
    final ModelWeights weights;
    final LayerGroups groups;
    final Activations activations;
    final Worker[] workers;
    /** By layer group. */
    final AttentionShape[] shapes;
    final SummaryLayout summaries;
    /** By KV format. */
    final KvWriter[] writers = Arrays.stream(KvFormat.values()).map(KvWriter::new).toArray(KvWriter[]::new);
    /** The step in work. */
    Step step = new Step(List.of(), 0, new RunSlice[0]);
    /** Blocks that the step fills and that are kept in another format than they are written in. */
    List<FilledBlock> sealing = List.of();
    /** Counts the inputs of matrix products. */
    int inputVersion;
    /** What the step does for attention past the window. */
    StepRetrieval retrieval = StepRetrieval.NONE;
    /** Queries of the step's beginning groups as blocks are scored by them. */
    float[] turnedQueries = new float[0];
    /** What a wave's blocks scored by their summaries. */
    float[] summaryScores = new float[0];
    /** What is compared by all keys. */
    final CandidateBlocks candidates;
    /** The tokens of the step whose attention is recorded. */
    StepMass mass = StepMass.NONE;
    /** The tokens of the step of which is asked how much of all attention their plans capture. */
    StepCapture capture = StepCapture.NONE;
    /** The step's attention by layer group. */
    final AttentionSchedule[] schedules;
    /** Results of splits that other tasks merge. */
    float[] partials = new float[0];

    PassState(
            ModelSpec spec, ModelWeights weights, LayerGroups groups,
            KernelProvider provider, int threads, int mostRows) {
        this.spec = spec;
        this.weights = weights;
        this.groups = groups;
        this.activations = new Activations(spec, mostRows);
        this.shapes = shapes();
        this.summaries =
                new SummaryLayout(groups.groups().getFirst().layers().size(), spec.kvHeads(), spec.headDim());
        this.candidates = new CandidateBlocks(spec.kvHeads(), queryHeads(), CandidateBlocks.MOST_SCORES);
        this.schedules = new AttentionSchedule[groups.groups().size()];
        this.workers = new Worker[threads];
        int tileRows = AttentionSchedule.TILE_TOKENS * queryHeads();
        for (int i = 0; i < threads; i++) {
            Kernels kernels = provider.newKernels();
            workers[i] = new Worker(
                    kernels,
                    new float[Math.max(2 * spec.headDim(), spec.embeddingLength())],
                    new float[tileRows * partialLength()],
                    new SplitMerge(spec.headDim(), tileRows),
                    new BlockChoice(kernels),
                    new ScoredRows(),
                    new BlockSealing());
        }
    }

    /** Query heads that share a KV head. */
    int queryHeads() {
        return spec.heads() / spec.kvHeads();
    }

    /** Numbers that a query row leaves for a split. */
    int partialLength() {
        return spec.headDim() + 2;
    }

    /**
     * Where the turned queries of a beginning group lie, of a KV head's first query head: those of neighbouring groups side
     * by side, KV head by KV head.
     */
    int turned(int group, int kvHead) {
        return (kvHead * retrieval.beginning().size() + group) * queryHeads() * spec.headDim();
    }

    /** Makes a step the current one. */
    void begin(Step next) {
        sealing = FilledBlock.quantized(next);
        retrieval = StepRetrieval.of(next, spec, groups.ropeTables().getFirst());
        reserveForRetrieval();
        schedule(next);
        boolean global = groups.groups().getFirst().window() == 0;
        mass = global ? StepMass.of(next, schedules[0], spec.kvHeads()) : StepMass.NONE;
        capture = global ? StepCapture.of(next, schedules[0], spec.kvHeads()) : StepCapture.NONE;
    }

    private void reserveForRetrieval() {
        int queries = retrieval.beginning().size() * spec.queryLength();
        if (turnedQueries.length < queries) {
            turnedQueries = new float[queries];
        }
        int scores = retrieval.waves().stream().mapToInt(wave -> wave.scores(spec.heads())).max().orElse(0);
        if (summaryScores.length < scores) {
            summaryScores = new float[scores];
        }
    }

    private void schedule(Step next) {
        step = next;
        int longest = 0;
        for (LayerGroup group : groups.groups()) {
            AttentionSchedule schedule = new AttentionSchedule(
                    next, group, groups.ropeTables().get(group.index()), spec.kvHeads(), queryHeads() * partialLength());
            schedules[group.index()] = schedule;
            longest = Math.max(longest, schedule.partialLength());
        }
        if (partials.length < longest) {
            partials = new float[longest];
        }
    }

    /** Makes the step's wanted rows the current step, with their queries and residual stream. */
    void narrow(Step wanted) {
        for (RunSlice kept : wanted.slices()) {
            RunSlice whole = sliceOf(kept.run);
            int firstRow = whole.row + whole.tokens - kept.tokens;
            moveRows(activations.queries, spec.queryLength(), firstRow, kept);
            moveRows(activations.residual, spec.embeddingLength(), firstRow, kept);
        }
        schedule(wanted);
    }

    private static void moveRows(float[] rows, int length, int from, RunSlice to) {
        System.arraycopy(rows, from * length, rows, to.row * length, to.tokens * length);
    }

    private RunSlice sliceOf(TokenRun run) {
        for (RunSlice slice : step.slices()) {
            if (slice.run == run) {
                return slice;
            }
        }
        throw new IllegalArgumentException("the run is not part of the step");
    }

    private AttentionShape[] shapes() {
        return groups.groups().stream()
                .map(group -> new AttentionShape(
                        spec.headDim(), queryHeads(), spec.attentionScale(), spec.attentionSoftcap(), group.window()))
                .toArray(AttentionShape[]::new);
    }
}
