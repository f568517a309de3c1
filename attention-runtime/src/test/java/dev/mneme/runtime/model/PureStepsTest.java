package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.oracle.OracleFiles;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

/**
 * The bits of a token's keys, values and logits depend on the tokens before it alone. Tiny models:
 * llama attends to more than one split of blocks, gemma3 has a native window across blocks.
 */
class PureStepsTest {
    private static final int TOKENS = 620;
    private static final long TOKEN_SEED = 11;

    private enum TinyModel {
        LLAMA("llama"), QWEN3("qwen3"), GEMMA3("gemma3");

        private final LanguageModel reference;
        private final LanguageModel oneThread;
        private final LanguageModel threeThreads;
        private final Computed[] whole = new Computed[KvFormat.values().length];

        TinyModel(String name) {
            reference = LanguageModel.open(OracleFiles.tinyModel(name), new RuntimeOptions(Backend.SCALAR, 1));
            oneThread = LanguageModel.open(OracleFiles.tinyModel(name), new RuntimeOptions(Backend.VECTOR, 1));
            threeThreads = LanguageModel.open(OracleFiles.tinyModel(name), new RuntimeOptions(Backend.VECTOR, 3));
        }

        LanguageModel model(int threads) {
            return threads == 1 ? oneThread : threeThreads;
        }

        /** The tokens in one run, alone, on one thread, by the scalar kernels. */
        Computed whole(KvFormat format) {
            if (whole[format.ordinal()] == null) {
                try (ForwardPass pass = reference.newForwardPass()) {
                    Session session = new Session(reference, format, TOKEN_SEED);
                    pass.run(List.of(session.next(TOKENS, 0)));
                    whole[format.ordinal()] = session.computed();
                }
            }
            return whole[format.ordinal()];
        }
    }

    /** Everything that a session's tokens left behind. */
    private record Computed(float[][] logits, List<byte[]> payloads) {}

    private static final class Session {
        private final ArenaKvMemory memory;
        private final int[] tokens;
        private final float[][] logits = new float[TOKENS][];
        private int position;

        Session(LanguageModel model, KvFormat format, long seed) {
            memory = new ArenaKvMemory(model.kvLayout(format));
            tokens = new Random(seed).ints(TOKENS, 0, model.spec().vocabularySize()).toArray();
        }

        TokenRun next(int count, int logitsFrom) {
            int from = position;
            position += count;
            return new TokenRun(Arrays.copyOfRange(tokens, from, from + count), from, memory, logitsFrom,
                    (offset, row) -> logits[from + offset] = row.clone());
        }

        int left() {
            return TOKENS - position;
        }

        Computed computed() {
            List<byte[]> payloads = new ArrayList<>();
            for (int group = 0; group < memory.layout().groups().size(); group++) {
                for (int block = 0; block <= (TOKENS - 1) / KvLayout.BLOCK; block++) {
                    payloads.add(memory.sealed(block, group).toArray(ValueLayout.JAVA_BYTE));
                }
            }
            return new Computed(logits, payloads);
        }
    }

    @Property(tries = 12, shrinking = ShrinkingMode.OFF)
    @Label("neither chunks, threads, kernels nor company in the batch change a bit")
    void nothingButTheTokensBeforeCounts(
            @ForAll TinyModel tiny, @ForAll KvFormat format, @ForAll boolean threads,
            @ForAll @IntRange(min = 0, max = 3) int company, @ForAll long seed) {
        Random random = new Random(seed);
        LanguageModel model = tiny.model(threads ? 3 : 1);
        Session session = new Session(model, format, TOKEN_SEED);
        List<Session> others = new ArrayList<>();
        for (int i = 0; i < company; i++) {
            others.add(new Session(model, random.nextBoolean() ? KvFormat.F32 : KvFormat.F16, random.nextLong()));
        }
        int longest = new int[] {1, 7, 64, 200, 512, TOKENS}[random.nextInt(6)];
        try (ForwardPass pass = model.newForwardPass()) {
            while (session.left() > 0) {
                List<TokenRun> runs = new ArrayList<>();
                for (Session other : others) {
                    addRun(runs, other, 1 + random.nextInt(9));
                }
                int count = Math.min(session.left(), 1 + random.nextInt(longest));
                runs.add(random.nextInt(runs.size() + 1), session.next(count, random.nextInt(count + 1)));
                pass.run(runs);
            }
        }
        assertSame(session.computed(), tiny.whole(format));
    }

    private static void addRun(List<TokenRun> runs, Session session, int tokens) {
        if (session.left() > 0) {
            int count = Math.min(session.left(), tokens);
            runs.add(session.next(count, count - 1));
        }
    }

    private static void assertSame(Computed actual, Computed expected) {
        for (int i = 0; i < TOKENS; i++) {
            if (actual.logits[i] != null) {
                assertThat(Arrays.mismatch(actual.logits[i], expected.logits[i])).as("logits of token %d", i).isEqualTo(-1);
            }
        }
        for (int i = 0; i < expected.payloads.size(); i++) {
            assertThat(actual.payloads.get(i)).as("payload %d", i).isEqualTo(expected.payloads.get(i));
        }
    }
}
