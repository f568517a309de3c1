package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.AttentionMass.BlockShare;
import dev.mneme.runtime.oracle.OracleFiles;
import dev.mneme.runtime.oracle.Runtimes;
import dev.mneme.runtime.oracle.Runtimes.Opened;
import dev.mneme.runtime.oracle.SessionInMemory;
import dev.mneme.runtime.oracle.ShortWindow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Where attention goes is told for the tokens that are asked for, and nothing else changes by it. */
class AttentionMassTest {
    private static final int WINDOW = 448;
    private static final Sparse SPARSE = new Sparse(64, 128, 2, 4, 8);

    /** What was heard of one run: by token, the share of each block, and the logits. */
    private record Heard(Map<Integer, Map<Integer, Double>> shares, List<float[]> logits) {}

    @Property(tries = 5)
    void theSharesAreThoseOfAPlainSoftmax(@ForAll("models") String model, @ForAll long seed) {
        int[] ids = ids(new Random(seed).nextInt(70, 200), seed);
        Opened runtime = Runtimes.open(OracleFiles.tinyModel(model), Backend.VECTOR, 1);
        Heard heard = hear(runtime, KvFormat.F32, MemoryPolicy.dense(), ids, ids.length - 1, ids.length);
        try (GgufFile file = GgufFile.open(OracleFiles.tinyModel(model))) {
            ReferencePass reference = new ReferencePass(file);
            for (int id : ids) {
                reference.next(id);
            }
            assertThat(heard.shares()).containsOnlyKeys(ids.length - 1);
            heard.shares().values().forEach(shares -> shares.forEach((block, share) -> assertThat(share)
                    .as("block %d", block)
                    .isCloseTo(reference.share(64 * block, Math.min(ids.length, 64 * (block + 1))), within(1e-4))));
        }
    }

    @Property(tries = 10)
    void recordingChangesNoBitAndTheSharesSumToOne(
            @ForAll("models") String model, @ForAll("policies") MemoryPolicy policy, @ForAll("chunks") int chunk, @ForAll long seed) {
        int[] ids = ids(policy == MemoryPolicy.dense() ? WINDOW : 700, seed);
        Heard without = hear(open(model, Backend.VECTOR), KvFormat.F16, policy, ids, ids.length, chunk);
        Heard heard = hear(open(model, Backend.VECTOR), KvFormat.F16, policy, ids, ids.length - 30, chunk);
        assertThat(without.shares()).isEmpty();
        assertThat(heard.shares()).hasSize(30);
        heard.shares().forEach((token, shares) -> {
            assertThat(shares.values().stream().mapToDouble(Double::doubleValue).sum()).isCloseTo(1, within(1e-9));
            assertThat(shares).as("the token's own block").containsKey(token / 64);
            assertThat(shares.keySet()).allMatch(block -> block <= token / 64);
            assertThat(shares.values()).allMatch(share -> share >= 0);
        });
        for (int i = 0; i < ids.length; i++) {
            assertThat(Arrays.equals(heard.logits().get(i), without.logits().get(i))).as("logits of token %d", i).isTrue();
        }
    }

    @Property(tries = 5)
    void itIsTheSameOnEveryBackendAndInEveryChunk(
            @ForAll("models") String model, @ForAll("policies") MemoryPolicy policy, @ForAll("chunks") int chunk, @ForAll long seed) {
        int[] ids = ids(policy == MemoryPolicy.dense() ? WINDOW : 600, seed);
        Heard scalar = hear(open(model, Backend.SCALAR), KvFormat.F16, policy, ids, ids.length - 20, ids.length);
        Heard vector = hear(open(model, Backend.VECTOR), KvFormat.F16, policy, ids, ids.length - 20, chunk);
        assertThat(vector.shares()).isEqualTo(scalar.shares());
    }

    @Property(tries = 3)
    void severalTokensAddUpBestFirst(@ForAll long seed) {
        int[] ids = ids(300, seed);
        AttentionMass mass = new AttentionMass();
        Opened runtime = open("llama", Backend.VECTOR);
        try (SessionInMemory session = runtime.newSession(KvFormat.F16)) {
            runtime.pass().run(List.of(session.next(ids, ids.length, (offset, logits) -> {}, mass.from(ids.length - 3))));
            runtime.pass().run(List.of(session.next(new int[] {1}, 1, (offset, logits) -> {}, mass.from(0))));
        }
        assertThat(mass.tokens()).isEqualTo(4);
        assertThat(mass.best().stream().mapToDouble(BlockShare::share).sum()).isCloseTo(1, within(1e-9));
        assertThat(mass.best().stream().map(BlockShare::share).toList()).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(mass.best().stream().map(BlockShare::block)).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }

    private static Heard hear(Opened runtime, KvFormat format, MemoryPolicy policy, int[] ids, int massFrom, int chunk) {
        Heard heard = new Heard(new TreeMap<>(), new ArrayList<>());
        try (SessionInMemory session = runtime.newSession(format, policy)) {
            for (int at = 0; at < ids.length; at += chunk) {
                int start = at;
                int[] tokens = Arrays.copyOfRange(ids, at, Math.min(ids.length, at + chunk));
                LogitsSink logits = (offset, values) -> heard.logits().add(values.clone());
                runtime.pass().run(List.of(session.next(tokens, 0, logits, new MassSink() {
                    @Override
                    public boolean wants(int offset) {
                        return start + offset >= massFrom;
                    }

                    @Override
                    public void accept(int offset, int[] blocks, double[] shares) {
                        Map<Integer, Double> byBlock = new TreeMap<>();
                        for (int i = 0; i < blocks.length; i++) {
                            byBlock.put(blocks[i], shares[i]);
                        }
                        assertThat(heard.shares().put(start + offset, byBlock)).isNull();
                    }
                })));
            }
        }
        return heard;
    }

    @Provide
    Arbitrary<String> models() {
        return Arbitraries.of("llama", "qwen3", "gemma3");
    }

    @Provide
    Arbitrary<MemoryPolicy> policies() {
        return Arbitraries.of(MemoryPolicy.dense(), SPARSE);
    }

    @Provide
    Arbitrary<Integer> chunks() {
        return Arbitraries.of(1, 7, 64, 512);
    }

    private static int[] ids(int count, long seed) {
        return new Random(seed).ints(count, 0, 512).toArray();
    }

    private static Opened open(String model, Backend backend) {
        return Runtimes.open(ShortWindow.tinyModel(model, WINDOW), backend, 1);
    }
}
