package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import dev.mneme.runtime.kv.LayerGroup;
import dev.mneme.runtime.kv.RetrievalArrays;
import dev.mneme.runtime.kv.RetrievalMemory;
import dev.mneme.runtime.model.StepRetrieval.BeginningGroup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class CandidateBlocksTest {
    private static final int BLOCKS = 70;
    private static final int KV_HEADS = 2;
    private static final int QUERY_HEADS = 3;
    private static final LayerGroup LAYERS = new LayerGroup(0, 0, List.of(0));
    private static final KvLayout LAYOUT = new KvLayout(KvFormat.F16, KV_HEADS, 16, List.of(LAYERS));
    private static final Sparse POLICY = new Sparse(64, 64, 1, 64, 8);

    /** Of two sessions with some groups each: in waves as large as there is room for, each session's block once a KV head. */
    @Property(tries = 200)
    void everyCandidateOfEveryGroupIsScoredOnceByItsSessionsBlock(
            @ForAll @IntRange(min = 1, max = 9) int firstGroups, @ForAll @IntRange(min = 0, max = 9) int moreGroups,
            @ForAll @IntRange(max = 64) int mostCandidates, @ForAll @IntRange(min = 1, max = 3_000) int mostScores,
            @ForAll long seed) {
        Random random = new Random(seed);
        CandidateBlocks blocks = new CandidateBlocks(KV_HEADS, QUERY_HEADS, mostScores);
        try (Blocks one = new Blocks(); Blocks other = new Blocks()) {
            List<BeginningGroup> groups = new ArrayList<>(one.groups(firstGroups, mostCandidates, random));
            if (moreGroups > 0) {
                groups.addAll(other.groups(moreGroups, mostCandidates, random));
            }
            for (int from = 0; from < groups.size(); from = blocks.endGroup()) {
                blocks.gather(groups, from);
                assertThat(blocks.firstGroup()).isEqualTo(from);
                mustHoldAll(blocks, groups);
                mustBeAsManyAsThereIsRoomFor(blocks, groups, mostScores);
                blocks.release();
            }
        }
    }

    private static void mustHoldAll(CandidateBlocks blocks, List<BeginningGroup> groups) {
        Set<List<Object>> found = new HashSet<>();
        Map<Integer, MemorySegment> payloads = new HashMap<>();
        for (int place = 0; place < blocks.size(); place++) {
            int kvHead = blocks.kvHead(place);
            assertThat(found.add(List.of(kvHead, blocks.payload(place).bytes()))).isTrue();
            for (int entry = blocks.lastEntry(place); entry != CandidateBlocks.NONE; entry = blocks.entryBefore(entry)) {
                assertThat(blocks.group(entry)).isBetween(blocks.firstGroup(), blocks.endGroup() - 1);
                payloads.put(blocks.result(entry, kvHead), blocks.payload(place).bytes());
            }
        }
        int results = 0;
        for (int number = blocks.firstGroup(); number < blocks.endGroup(); number++) {
            QueryGroup group = groups.get(number).group();
            for (int kvHead = 0; kvHead < KV_HEADS; kvHead++) {
                int[] candidates = group.candidates[kvHead];
                for (int i = 0; i < candidates.length; i++) {
                    int result = blocks.results(number, kvHead) + i;
                    assertThat(payloads.remove(result)).isEqualTo(group.slice().run.memory().sealed(candidates[i], 0));
                    assertThat(result + (QUERY_HEADS - 1) * candidates.length).isLessThan(blocks.sums().length);
                }
                results += candidates.length;
            }
        }
        assertThat(payloads).isEmpty();
        assertThat(blocks.maxima()).hasSizeGreaterThanOrEqualTo(results * QUERY_HEADS);
    }

    private static void mustBeAsManyAsThereIsRoomFor(CandidateBlocks blocks, List<BeginningGroup> groups, int mostScores) {
        int scores = scores(groups.subList(blocks.firstGroup(), blocks.endGroup()));
        assertThat(scores <= mostScores || blocks.endGroup() == blocks.firstGroup() + 1).isTrue();
        if (blocks.endGroup() < groups.size()) {
            assertThat(scores + scores(groups.subList(blocks.endGroup(), blocks.endGroup() + 1))).isGreaterThan(mostScores);
        }
    }

    private static int scores(List<BeginningGroup> groups) {
        return groups.stream()
                .mapToInt(group -> (group.group().candidates[0].length + group.group().candidates[1].length) * QUERY_HEADS).sum();
    }

    /** A session of {@value #BLOCKS} blocks that goes on with some groups of 8. */
    private static final class Blocks implements KvMemory, AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final RetrievalArrays retrieval = new RetrievalArrays(LAYOUT, POLICY.keptBlocks());
        private final Map<Integer, MemorySegment> payloads = new HashMap<>();

        List<BeginningGroup> groups(int count, int mostCandidates, Random random) {
            retrieval.openSummaries(BLOCKS / 64 + 1, 0);
            TokenRun run = new TokenRun(new int[8 * count], BLOCKS * KvLayout.BLOCK, this, POLICY, 0, (offset, logits) -> { });
            RunSlice slice = new RunSlice(run, 0, 8 * count, 0, List.of(LAYERS), 448);
            SliceRetrieval retrieving = new SliceRetrieval(slice, POLICY, KV_HEADS);
            List<BeginningGroup> groups = new ArrayList<>();
            for (QueryGroup group : slice.queryGroups) {
                group.candidates = new int[KV_HEADS][];
                for (int kvHead = 0; kvHead < KV_HEADS; kvHead++) {
                    group.candidates[kvHead] = random.ints(1, group.frame.firstLocal()).distinct()
                            .limit(random.nextInt(mostCandidates + 1)).sorted().toArray();
                }
                groups.add(new BeginningGroup(retrieving, group));
            }
            return groups;
        }

        @Override
        public KvLayout layout() {
            return LAYOUT;
        }

        @Override
        public MemorySegment sealed(int block, int group) {
            return payloads.computeIfAbsent(block, _ -> arena.allocate(LAYOUT.groupBytes(0), 64));
        }

        @Override
        public MemorySegment open(int block, int group) {
            return sealed(block, group);
        }

        @Override
        public Optional<RetrievalMemory> retrieval() {
            return Optional.of(retrieval);
        }

        @Override
        public void close() {
            arena.close();
            retrieval.close();
        }
    }
}
