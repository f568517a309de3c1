package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import dev.mneme.runtime.oracle.OracleFiles;
import dev.mneme.runtime.oracle.SessionInMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What a step refuses, it refuses before it writes anything. */
class ForwardPassTest {
    private static final LanguageModel MODEL =
            LanguageModel.open(OracleFiles.tinyModel("llama"), new RuntimeOptions(Backend.VECTOR, 2));
    private static final ForwardPass PASS = MODEL.newForwardPass();

    private static final LogitsSink NOWHERE = (offset, logits) -> { };

    /** One block of memory; anything else is an error. */
    private record OneBlock(KvLayout layout, MemorySegment payload) implements KvMemory {
        @Override
        public MemorySegment sealed(int block, int group) {
            throw new IllegalStateException("no block is sealed");
        }

        @Override
        public MemorySegment open(int block, int group) {
            return payload;
        }
    }

    @AfterAll
    static void close() {
        PASS.close();
        MODEL.close();
    }

    @Test
    void warmingUpShowsInNoBit() {
        float[] before = logitsOfATextOf70();
        PASS.warmUp();
        assertThat(logitsOfATextOf70()).containsExactly(before);
    }

    private static float[] logitsOfATextOf70() {
        float[][] last = new float[1][];
        try (SessionInMemory session = new SessionInMemory(MODEL.kvLayout(KvFormat.F16))) {
            int[] tokens = IntStream.range(0, 70).map(i -> 3 + 7 * i % 500).toArray();
            PASS.run(List.of(session.next(tokens, 69, (offset, logits) -> last[0] = logits.clone())));
        }
        return last[0];
    }

    @Test
    void theBlocksToCompareAreToldTogetherBeforeTheyAreAskedFor() {
        assertThat(expectedByAGroup(new Sparse(64, 64, 4, 8, 8))).isBetween(8, 40);
    }

    @Test
    void theBlocksToReadAreToldTogetherWhereNoneAreCompared() {
        assertThat(expectedByAGroup(new Sparse(64, 64, 8, 0, 8))).isBetween(8, 40);
    }

    private static int expectedByAGroup(Sparse policy) {
        try (SessionInMemory session = new SessionInMemory(MODEL.kvLayout(KvFormat.F16), policy)) {
            for (int chunk = 0; chunk < 5; chunk++) {
                PASS.run(List.of(session.next(new int[512], 512, NOWHERE)));
            }
            int before = session.expected();
            PASS.run(List.of(session.next(new int[1], 1, NOWHERE)));
            return session.expected() - before;
        }
    }

    @Test
    void aTokenThatTheModelDoesNotHaveIsRefused() {
        mustRefuse(new int[] {5, 512}, 0, block(MODEL.kvLayout(KvFormat.F32), 64), "token 512");
        mustRefuse(new int[] {-1}, 0, block(MODEL.kvLayout(KvFormat.F32), 64), "token -1");
    }

    @Test
    void positionsBeyondTheWindowAreRefused() {
        mustRefuse(new int[2], MODEL.spec().contextLength() - 1, block(MODEL.kvLayout(KvFormat.F32), 64), "window of 2048");
    }

    @Test
    void blocksOfAnotherModelAreRefused() {
        KvLayout layout = MODEL.kvLayout(KvFormat.F32);
        KvLayout other = new KvLayout(KvFormat.F32, layout.kvHeads() + 1, layout.headDim(), layout.groups());
        mustRefuse(new int[1], 0, block(other, 64), "another model");
    }

    @Test
    void memoryThatIsTooShortOrMisalignedIsRefused() {
        OneBlock sound = block(MODEL.kvLayout(KvFormat.F32), 64);
        long bytes = sound.payload.byteSize();
        mustRefuse(new int[1], 0, new OneBlock(sound.layout, sound.payload.asSlice(0, bytes - 64)), "bytes");
        mustRefuse(new int[1], 0, block(sound.layout, 4), "multiple of 64");
    }

    @Test
    void aSparsePolicyNeedsToFitTheModelAndMemoryForIt() {
        OneBlock memory = block(MODEL.kvLayout(KvFormat.F32), 64);
        mustRefuse(new TokenRun(new int[1], 2_048, memory, new Sparse(64, 64, 40, 0, 8), 1, NOWHERE), memory, "nine tenths");
        mustRefuse(new TokenRun(new int[1], 0, memory, new Sparse(64, 64, 4, 0, 8), 1, NOWHERE), memory, "summaries");
    }

    @Test
    void aRunInsideAQueryGroupWhoseChoicesAreNotKeptIsRefused() {
        Sparse policy = new Sparse(64, 64, 4, 0, 8);
        try (SessionInMemory session = new SessionInMemory(MODEL.kvLayout(KvFormat.F32), policy)) {
            assertThatThrownBy(() -> PASS.run(List.of(new TokenRun(new int[1], 2_053, session, policy, 1, NOWHERE))))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("again from position 2048");
        }
    }

    /** A group's start will not do: what it chooses from was found by the survey's first group. */
    @Test
    void aRunInsideASurveyWhoseShortlistIsNotKeptIsRefused() {
        Sparse policy = new Sparse(64, 64, 4, 8, 4, 16);
        try (SessionInMemory session = new SessionInMemory(MODEL.kvLayout(KvFormat.F32), policy)) {
            assertThatThrownBy(() -> PASS.run(List.of(new TokenRun(new int[1], 2_056, session, policy, 1, NOWHERE))))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("group from 2052")
                    .hasMessageContaining("again from position 2048");
        }
    }

    @Test
    void whatASinkThrowsComesOutAndThePassStaysUsable() {
        OneBlock memory = block(MODEL.kvLayout(KvFormat.F32), 64);
        TokenRun failing = new TokenRun(new int[3], 0, memory, 2, (offset, logits) -> {
            throw new IllegalStateException("sink");
        });
        assertThatThrownBy(() -> PASS.run(List.of(failing))).hasMessage("sink");
        List<Integer> offsets = new ArrayList<>();
        PASS.run(List.of(new TokenRun(new int[5], 0, memory, 2, (offset, logits) -> offsets.add(offset))));
        assertThat(offsets).containsExactly(2, 3, 4);
    }

    private static void mustRefuse(int[] tokens, int position, OneBlock memory, String message) {
        mustRefuse(new TokenRun(tokens, position, memory, tokens.length, NOWHERE), memory, message);
    }

    private static void mustRefuse(TokenRun run, OneBlock memory, String message) {
        assertThatThrownBy(() -> PASS.run(List.of(run)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
        assertThat(memory.payload.mismatch(MemorySegment.ofArray(new byte[(int) memory.payload.byteSize()]))).isEqualTo(-1);
    }

    /** Zeros that start {@code misalignment} bytes behind a multiple of 128. */
    private static OneBlock block(KvLayout layout, long misalignment) {
        MemorySegment all = Arena.ofAuto().allocate(layout.groupBytes(0) + 128, 128);
        return new OneBlock(layout, all.asSlice(misalignment, layout.groupBytes(0)));
    }
}
