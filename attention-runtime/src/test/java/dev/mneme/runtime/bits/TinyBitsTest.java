package dev.mneme.runtime.bits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.bits.Transcript.Keep;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.oracle.OracleFiles;
import dev.mneme.runtime.oracle.Runtimes;
import dev.mneme.runtime.oracle.Runtimes.Opened;
import dev.mneme.runtime.oracle.SessionInMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Zero differing bits in the logits of every position and in every block, for every architecture and tensor type. */
class TinyBitsTest {
    private static final int VOCABULARY = 512;

    @Property(tries = 40)
    void theVectorBackendGivesTheBitsOfTheScalarOne(
            @ForAll("models") String model, @ForAll KvFormat format, @ForAll("texts") int[] ids) {
        Transcript scalar = Transcript.alone(open(model, Backend.SCALAR, 1), format, ids, Keep.ALL, ids.length);
        Transcript vector = Transcript.alone(open(model, Backend.VECTOR, 1), format, ids, Keep.ALL, ids.length);
        scalar.mustEqual(vector, "scalar and vector");
    }

    @Property(tries = 40)
    void chunksDoNotShow(
            @ForAll("models") String model, @ForAll KvFormat format, @ForAll("texts") int[] ids,
            @ForAll("chunks") int[] chunks, @ForAll("backends") Backend backend) {
        Opened runtime = open(model, backend, 1);
        Transcript whole = Transcript.alone(runtime, format, ids, Keep.ALL, ids.length);
        Transcript pieces = Transcript.alone(runtime, format, ids, Keep.ALL, chunks);
        whole.mustEqual(pieces, "whole and in pieces");
    }

    @Property(tries = 40)
    void threadsDoNotShow(
            @ForAll("models") String model, @ForAll KvFormat format, @ForAll("texts") int[] ids,
            @ForAll("chunks") int[] chunks) {
        Transcript one = Transcript.alone(open(model, Backend.VECTOR, 1), format, ids, Keep.ALL, chunks);
        Transcript two = Transcript.alone(open(model, Backend.VECTOR, 2), format, ids, Keep.ALL, chunks);
        one.mustEqual(two, "1 thread and 2");
        Transcript three = Transcript.alone(open(model, Backend.VECTOR, 3), format, ids, Keep.ALL, chunks);
        one.mustEqual(three, "1 thread and 3");
    }

    @Property(tries = 40)
    void companyDoesNotShow(
            @ForAll("models") String model, @ForAll KvFormat format, @ForAll("texts") int[] ids, @ForAll long seed) {
        Opened runtime = open(model, Backend.VECTOR, 2);
        Random random = new Random(seed);
        List<int[]> all = new ArrayList<>(List.of(ids));
        for (int i = 0; i < 3; i++) {
            all.add(text(random.nextInt(1, 250), random));
        }
        List<Transcript> together = Company.together(runtime, format, all, Keep.ALL, random);
        for (int i = 0; i < all.size(); i++) {
            Transcript alone = Transcript.alone(runtime, format, all.get(i), Keep.ALL, all.get(i).length);
            alone.mustEqual(together.get(i), "session " + i + " alone and in company");
        }
    }

    /** A session whose format was changed at the edges of blocks: each plan mixes formats. */
    @Property(tries = 30)
    void changesOfFormatDoNotShow(
            @ForAll("models") String model, @ForAll("texts") int[] ids, @ForAll("chunks") int[] chunks,
            @ForAll("formats") KvFormat[] formats, @ForAll("backends") Backend backend) {
        Transcript whole = changing(open(model, Backend.VECTOR, 2), formats, ids, ids.length);
        whole.mustEqual(changing(open(model, backend, 1), formats, ids, chunks), "whole and in pieces");
    }

    private static Transcript changing(Opened runtime, KvFormat[] formats, int[] ids, int... chunks) {
        SessionInMemory session = new SessionInMemory(
                runtime.model().kvLayout(KvFormat.F16), MemoryPolicy.dense(), block -> formats[block % formats.length]);
        return Transcript.alone(runtime, session, ids, Keep.ALL, chunks);
    }

    /** If own blocks were seen as sealed, or earlier ones as written, chunks alone would not tell. */
    @Property(tries = 10)
    void aTokenSeesItsOwnBlockAsWrittenAndEarlierOnesAsSealed(
            @ForAll("backends") Backend backend, @ForAll("quantized") KvFormat format, @ForAll long seed) {
        int[] ids = text(130, new Random(seed));
        Opened runtime = open("llama", backend, 1);
        Transcript halves = Transcript.alone(runtime, KvFormat.F16, ids, Keep.ALL, ids.length);
        Transcript quantized = Transcript.alone(runtime, format, ids, Keep.ALL, ids.length);
        assertThat(quantized.logits().subList(0, 64)).containsExactlyElementsOf(halves.logits().subList(0, 64));
        assertThat(quantized.logits().get(64)).isNotEqualTo(halves.logits().get(64));
    }

    @Provide
    Arbitrary<KvFormat> quantized() {
        return Arbitraries.of(KvFormat.I8, KvFormat.K8V4);
    }

    @Provide
    Arbitrary<KvFormat[]> formats() {
        return Arbitraries.of(KvFormat.class).array(KvFormat[].class).ofMinSize(2).ofMaxSize(5);
    }

    @Provide
    Arbitrary<String> models() {
        return Arbitraries.of("llama", "llama31", "qwen2", "qwen3", "gemma3", "type-f16", "type-bf16", "type-q8_0",
                "type-q4_0", "type-q4_1", "type-q5_0", "type-q5_1", "type-q4_k", "type-q5_k", "type-q6_k");
    }

    @Provide
    Arbitrary<Backend> backends() {
        return Arbitraries.of(Backend.SCALAR, Backend.VECTOR);
    }

    /** Random ids; lengths up to four blocks, often at a block's edge, at times beyond the eight blocks of a split. */
    @Provide
    Arbitrary<int[]> texts() {
        Arbitrary<Integer> lengths = Arbitraries.oneOf(
                Arbitraries.integers().between(1, 260), Arbitraries.of(1, 2, 63, 64, 65, 127, 128, 129, 192, 512, 513, 600));
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
        return Runtimes.open(OracleFiles.tinyModel(model), backend, threads);
    }
}
