package dev.mneme.runtime.bits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
import dev.mneme.runtime.attention.PinnedBlocks;
import dev.mneme.runtime.bits.Transcript.Keep;
import dev.mneme.runtime.bits.Transcript.Recorder;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.oracle.Runtimes;
import dev.mneme.runtime.oracle.Runtimes.Opened;
import dev.mneme.runtime.oracle.SessionInMemory;
import dev.mneme.runtime.oracle.ShortWindow;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Zero differing bits past the window too: in the logits of every position, in every block, in the summaries and in the
 * current choices. Models with a window of {@value #WINDOW}, so that a few hundred tokens go past it.
 */
class SparseBitsTest {
    private static final int VOCABULARY = 512;
    private static final int WINDOW = 448;

    @Property(tries = 15)
    void theVectorBackendGivesTheBitsOfTheScalarOne(
            @ForAll("models") String model, @ForAll KvFormat format, @ForAll("policies") Sparse policy,
            @ForAll("texts") int[] ids) {
        Transcript scalar = Transcript.alone(open(model, Backend.SCALAR, 1), format, policy, ids, Keep.ALL, ids.length);
        Transcript vector = Transcript.alone(open(model, Backend.VECTOR, 1), format, policy, ids, Keep.ALL, ids.length);
        scalar.mustEqual(vector, "scalar and vector");
    }

    @Property(tries = 30)
    void chunksDoNotShow(
            @ForAll("models") String model, @ForAll KvFormat format, @ForAll("policies") Sparse policy,
            @ForAll("texts") int[] ids, @ForAll("chunks") int[] chunks) {
        Opened runtime = open(model, Backend.VECTOR, 1);
        Transcript whole = Transcript.alone(runtime, format, policy, ids, Keep.ALL, ids.length);
        Transcript pieces = Transcript.alone(runtime, format, policy, ids, Keep.ALL, chunks);
        whole.mustEqual(pieces, "whole and in pieces");
    }

    /** With logits of the last token alone the last layer computes few rows; its choices must be there all the same. */
    @Property(tries = 15)
    void unwantedLogitsDoNotShow(
            @ForAll("models") String model, @ForAll KvFormat format, @ForAll("policies") Sparse policy, @ForAll("texts") int[] ids,
            @ForAll("chunks") int[] chunks) {
        Opened runtime = open(model, Backend.VECTOR, 1);
        Transcript whole = Transcript.alone(runtime, format, policy, ids, Keep.ALL, ids.length);
        Transcript last = Transcript.alone(runtime, format, policy, ids, Keep.LAST, chunks);
        new Transcript(List.of(whole.logits().getLast()), whole.blocks()).mustEqual(last, "all logits and the last");
    }

    @Property(tries = 10)
    void threadsDoNotShow(
            @ForAll("models") String model, @ForAll KvFormat format, @ForAll("policies") Sparse policy, @ForAll("texts") int[] ids,
            @ForAll("chunks") int[] chunks) {
        Transcript one = Transcript.alone(open(model, Backend.VECTOR, 1), format, policy, ids, Keep.ALL, chunks);
        Transcript three = Transcript.alone(open(model, Backend.VECTOR, 3), format, policy, ids, Keep.ALL, chunks);
        one.mustEqual(three, "1 thread and 3");
    }

    @Property(tries = 10)
    void companyWithOtherPoliciesDoesNotShow(
            @ForAll("models") String model, @ForAll KvFormat format, @ForAll("policies") Sparse first, @ForAll("policies") Sparse second,
            @ForAll("texts") int[] ids, @ForAll long seed) {
        Opened runtime = open(model, Backend.VECTOR, 2);
        Random random = new Random(seed);
        List<int[]> all = List.of(ids, text(random.nextInt(1, 700), random), text(random.nextInt(1, WINDOW), random));
        List<MemoryPolicy> policies = List.of(first, second, MemoryPolicy.dense());
        List<Transcript> together = Company.together(runtime, format, policies, all, Keep.ALL, random);
        for (int i = 0; i < all.size(); i++) {
            Transcript alone = Transcript.alone(
                    runtime, format, policies.get(i), all.get(i), Keep.ALL, all.get(i).length);
            alone.mustEqual(together.get(i), "session " + i + " alone and in company");
        }
    }

    /** What lies behind the window of a long session has the bits of a session that never left it. */
    @Property(tries = 10)
    void insideTheWindowASparsePolicyDoesNotShow(
            @ForAll("models") String model, @ForAll("policies") Sparse policy, @ForAll("chunks") int[] chunks,
            @ForAll long seed) {
        Opened runtime = open(model, Backend.VECTOR, 1);
        int[] ids = text(WINDOW + 100, new Random(seed));
        int[] inside = Arrays.copyOf(ids, WINDOW);
        List<float[]> dense = Transcript.alone(runtime, KvFormat.F16, inside, Keep.ALL, WINDOW).logits();
        List<float[]> sparse = Transcript.alone(runtime, KvFormat.F16, policy, ids, Keep.ALL, chunks).logits();
        new Transcript(dense, List.of()).mustEqual(new Transcript(sparse.subList(0, WINDOW), List.of()), "dense and sparse");
    }

    /** Going back to the start of a survey and computing again changes nothing. */
    @Property(tries = 10)
    void computingAgainFromASurveysStartGivesTheSameBits(
            @ForAll("models") String model, @ForAll KvFormat format, @ForAll("policies") Sparse policy, @ForAll("chunks") int[] chunks,
            @ForAll long seed) {
        Random random = new Random(seed);
        int[] ids = text(random.nextInt(WINDOW + 10, 700), random);
        int back = policy.surveyStart(random.nextInt(1, ids.length));
        Opened runtime = open(model, Backend.VECTOR, 1);
        Transcript straight = Transcript.alone(runtime, format, policy, ids, Keep.ALL, ids.length);
        try (SessionInMemory session = runtime.newSession(format, policy)) {
            Recorder recorder = new Recorder(ids, Keep.ALL);
            runtime.pass().run(List.of(recorder.next(session, ids.length)));
            session.rewind(back);
            for (int step = 0; session.position() < ids.length; step++) {
                runtime.pass().run(List.of(recorder.next(session, chunks[step % chunks.length])));
            }
            straight.mustEqual(recorder.transcript(session), "straight and with a step back");
        }
    }

    /** Two blocks that random queries would hardly agree on, far from sinks and window. */
    @Property(tries = 5)
    void pinnedBlocksDecideTheLogits(@ForAll long seed) {
        Opened runtime = open("llama", Backend.VECTOR, 1);
        int[] ids = text(900, new Random(seed));
        Sparse policy = new Sparse(64, 64, 0, 0, 4);
        List<float[]> some = Transcript.alone(
                runtime, KvFormat.F16, policy.withPins(PinnedBlocks.of(4, 9)), ids, Keep.LAST, ids.length).logits();
        List<float[]> none = Transcript.alone(runtime, KvFormat.F16, policy, ids, Keep.LAST, ids.length).logits();
        assertThat(some.getFirst()).isNotEqualTo(none.getFirst());
    }

    /** If all could choose the same blocks whatever the queries say, the other properties would prove little. */
    @Property(tries = 5)
    void retrievedBlocksDecideTheLogits(@ForAll long seed) {
        Opened runtime = open("llama", Backend.VECTOR, 1);
        int[] ids = text(900, new Random(seed));
        List<float[]> some = Transcript.alone(
                runtime, KvFormat.F16, new Sparse(64, 64, 2, 4, 4), ids, Keep.LAST, ids.length).logits();
        List<float[]> none = Transcript.alone(
                runtime, KvFormat.F16, new Sparse(64, 64, 0, 0, 4), ids, Keep.LAST, ids.length).logits();
        assertThat(some.getFirst()).isNotEqualTo(none.getFirst());
    }

    @Provide
    Arbitrary<String> models() {
        return Arbitraries.of("llama", "llama31", "qwen2", "qwen3", "gemma3");
    }

    /** Plans of up to 384 tokens: six blocks, of which at least the own and a local one. Pins where there is room. */
    @Provide
    Arbitrary<Sparse> policies() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 1), Arbitraries.integers().between(1, 2),
                        Arbitraries.integers().between(0, 2), Arbitraries.of(0, 2, 3, 100), Arbitraries.of(1, 2, 4, 8, 16, 64),
                        Arbitraries.of(1, 4, 16), Arbitraries.integers().between(0, 11).list().ofMaxSize(3))
                .as((sinks, window, topK, candidates, refresh, groups, pins) -> new Sparse(
                        64 * sinks, 64 * window, topK, candidates, refresh, candidates == 0 ? refresh : Math.min(64, groups * refresh),
                        PinnedBlocks.of(pins.subList(0, Math.min(pins.size(), 5 - sinks - window - topK)))));
    }

    /** Random ids, most of them enough to go past the window. */
    @Provide
    Arbitrary<int[]> texts() {
        Arbitrary<Integer> lengths = Arbitraries.oneOf(
                Arbitraries.integers().between(WINDOW - 20, 800), Arbitraries.of(WINDOW, WINDOW + 1, 511, 512, 513, 640, 1_100));
        return lengths.flatMap(length ->
                Arbitraries.randomValue(random -> text(length, random)).withoutEdgeCases());
    }

    @Provide
    Arbitrary<int[]> chunks() {
        return Arbitraries.oneOf(
                Arbitraries.of(1, 7, 64, 512).array(int[].class).ofSize(1),
                Arbitraries.integers().between(1, 130).array(int[].class).ofMinSize(1).ofMaxSize(6));
    }

    private static int[] text(int length, Random random) {
        return random.ints(length, 0, VOCABULARY).toArray();
    }

    private static Opened open(String model, Backend backend, int threads) {
        return Runtimes.open(ShortWindow.tinyModel(model, WINDOW), backend, threads);
    }
}
