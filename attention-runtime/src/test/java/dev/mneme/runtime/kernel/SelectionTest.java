package dev.mneme.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.attention.BestBlocks;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.BlockSummary;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.LayerGroup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Choosing blocks against its definition, written in double. */
class SelectionTest {
    private static final int BLOCK = 64;

    private final Kernels kernels = VectorKernelProvider.create().newKernels();
    private final BestBlocks bestBlocks = new BestBlocks();

    @Property(tries = 100)
    void aSummaryIsMeanAndStandardDeviationToHalfAStepOfItsScale(
            @ForAll @IntRange(min = 1, max = 8) int sixteens, @ForAll long seed) {
        Blocks blocks = new Blocks(1, 16 * sixteens, new Random(seed));
        try (blocks.arena) {
            for (int d = 0; d < blocks.headDim; d++) {
                double meanScale = blocks.meanScale(0);
                double deviationScale = blocks.deviationScale(0);
                double mean = 0;
                for (int j = 0; j < BLOCK; j++) {
                    mean += blocks.keys[0][d][j] / BLOCK;
                }
                double deviation = 0;
                for (int j = 0; j < BLOCK; j++) {
                    deviation += Math.pow(blocks.keys[0][d][j] - mean, 2) / BLOCK;
                }
                assertThat(blocks.mean(0, d)).isCloseTo(mean, within(0.501 * meanScale + 1e-6));
                assertThat(blocks.deviation(0, d)).isCloseTo(Math.sqrt(deviation), within(0.501 * deviationScale + 1e-6));
            }
        }
    }

    @Property(tries = 150)
    void summariesChooseTheBlocksOfHighestShare(
            @ForAll @IntRange(min = 1, max = 63) int count, @ForAll @IntRange(min = 1, max = 5) int heads,
            @ForAll @IntRange(min = 1, max = 20) int topK, @ForAll @IntRange(min = 1, max = 8) int sixteens,
            @ForAll long seed) {
        Random random = new Random(seed);
        Blocks blocks = new Blocks(count + 1, 16 * sixteens, random);
        try (blocks.arena) {
            float[] queries = gaussians(random, heads * blocks.headDim, 0.4f);
            float[] scores = new float[heads * BLOCK];
            kernels.scoreSummaries(blocks.summaries, 0, blocks.headDim, queries, 0, heads, scores, 0, BLOCK);
            double[][] weights = new double[heads][count];
            for (int h = 0; h < heads; h++) {
                for (int b = 0; b < count; b++) {
                    double mean = 0;
                    double variance = 0;
                    for (int d = 0; d < blocks.headDim; d++) {
                        double q = queries[h * blocks.headDim + d];
                        mean += q * blocks.mean(b + 1, d);
                        variance += Math.pow(q * blocks.deviation(b + 1, d), 2);
                    }
                    weights[h][b] = Math.exp(mean + 2 * Math.sqrt(variance));
                }
            }
            mustBeBest(best(scores, ones(heads * count), 1, BLOCK, heads, count, topK), topK, weights);
        }
    }

    @Property(tries = 60)
    void keysChooseTheBlocksOfHighestShare(
            @ForAll @IntRange(min = 1, max = 30) int count, @ForAll @IntRange(min = 1, max = 5) int heads,
            @ForAll @IntRange(min = 1, max = 12) int topK, @ForAll @IntRange(min = 1, max = 8) int sixteens,
            @ForAll long seed) {
        Random random = new Random(seed);
        Blocks blocks = new Blocks(count, 16 * sixteens, random);
        try (blocks.arena) {
            float[] queries = gaussians(random, heads * blocks.headDim, 0.4f);
            AttentionShape shape = new AttentionShape(blocks.headDim, heads, 1, 0, 0);
            float[] maxima = new float[heads * count];
            float[] sums = new float[heads * count];
            double[][] weights = new double[heads][count];
            for (int b = 0; b < count; b++) {
                ScoredRows rows = new ScoredRows();
                for (int h = 0; h < heads; h++) {
                    rows.add(h * blocks.headDim, h * count + b);
                }
                kernels.scoreKeys(shape, blocks.payloads[b], 0, 0, queries, rows, maxima, sums);
                for (int h = 0; h < heads; h++) {
                    for (int j = 0; j < BLOCK; j++) {
                        double score = 0;
                        for (int d = 0; d < blocks.headDim; d++) {
                            score += (double) queries[h * blocks.headDim + d] * blocks.keys[b][d][j];
                        }
                        weights[h][b] += Math.exp(score);
                    }
                }
            }
            mustBeBest(best(maxima, sums, 0, count, heads, count, topK), topK, weights);
        }
    }

    private int[] best(float[] maxima, float[] sums, int from, int stride, int heads, int count, int topK) {
        float[] worth = new float[count];
        kernels.worth(maxima, from, stride, sums, 0, heads, count, worth);
        return bestBlocks.best(worth, count, topK);
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static void mustBeBest(int[] chosen, int topK, double[][] weights) {
        int count = weights[0].length;
        double[] worth = new double[count];
        for (double[] ofHead : weights) {
            double total = Arrays.stream(ofHead).sum();
            for (int b = 0; b < count; b++) {
                worth[b] = Math.max(worth[b], ofHead[b] / total);
            }
        }
        assertThat(chosen).hasSize(Math.min(topK, count)).isSorted().doesNotHaveDuplicates();
        double[] sorted = worth.clone();
        Arrays.sort(sorted);
        double least = sorted[count - chosen.length];
        for (int b : chosen) {
            assertThat(worth[b]).as("block %d against the least of the best", b).isGreaterThanOrEqualTo(least * (1 - 1e-3));
        }
    }

    private static float[] gaussians(Random random, int count, float spread) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian() * spread;
        }
        return numbers;
    }

    /** Random blocks of one head, F32, with their summaries. */
    private static final class Blocks {
        private final Arena arena = Arena.ofConfined();
        private final int headDim;
        private final float[][][] keys;
        private final BlockPayload[] payloads;
        private final MemorySegment summaries;

        Blocks(int count, int headDim, Random random) {
            this.headDim = headDim;
            keys = new float[count][headDim][];
            payloads = new BlockPayload[count];
            KvLayout layout = new KvLayout(KvFormat.F32, 1, headDim, List.of(new LayerGroup(0, 0, List.of(0))));
            summaries = arena.allocate(BlockSummary.chunkBytes(headDim), 64);
            for (int b = 0; b < count; b++) {
                payloads[b] = new BlockPayload(layout, arena.allocate(layout.groupBytes(0), 64));
                for (int d = 0; d < headDim; d++) {
                    keys[b][d] = gaussians(random, BLOCK, 0.5f);
                    float centre = (float) random.nextGaussian();
                    for (int j = 0; j < BLOCK; j++) {
                        keys[b][d][j] += centre;
                    }
                    MemorySegment.copy(keys[b][d], 0, payloads[b].bytes(), ValueLayout.JAVA_FLOAT, 4L * BLOCK * d, BLOCK);
                }
                BlockSummary.write(payloads[b], 0, new float[2 * headDim], summaries, 0, b);
            }
        }

        double mean(int block, int d) {
            return summaries.get(ValueLayout.JAVA_BYTE, BlockSummary.means(d) + block) * meanScale(block);
        }

        double meanScale(int block) {
            return BlockSummary.scale(summaries, BlockSummary.meanScales(headDim), block);
        }

        double deviation(int block, int d) {
            return summaries.get(ValueLayout.JAVA_BYTE, BlockSummary.deviations(headDim, d) + block) * deviationScale(block);
        }

        double deviationScale(int block) {
            return BlockSummary.scale(summaries, BlockSummary.deviationScales(headDim), block);
        }
    }
}
