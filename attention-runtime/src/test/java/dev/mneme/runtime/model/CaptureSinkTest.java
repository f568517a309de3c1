package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.kv.GroupChoices;
import dev.mneme.runtime.kv.KvFormat;
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

/** How much of all attention plans capture is told by layer for the tokens that are asked for, and nothing else changes by it. */
class CaptureSinkTest {
    private static final int WINDOW = 320;
    private static final int TOKENS = 456;
    private static final Sparse SPARSE = new Sparse(64, 64, 1, 2, 8);

    /** What was heard of one text: the logits, and by token and layer the captured share. */
    private record Heard(List<float[]> logits, Map<Integer, Map<Integer, Double>> shares) {}

    @Property(tries = 3)
    void itIsThatOfAPlainSoftmaxOverAllBlocks(@ForAll("models") String model, @ForAll long seed) {
        int[] ids = ids(seed);
        Opened runtime = open(model, Backend.VECTOR);
        ModelSpec spec = runtime.model().spec();
        List<Integer> global = runtime.model().kvLayout(KvFormat.F32).groups().getFirst().layers();
        double least = 1;
        try (GgufFile file = GgufFile.open(OracleFiles.tinyModel(model));
                SessionInMemory session = runtime.newSession(KvFormat.F32, SPARSE)) {
            ReferencePass reference = new ReferencePass(file);
            GroupChoices choices = new GroupChoices(session.retrieval().orElseThrow().choices(), spec.kvHeads(), SPARSE.topK(), 0);
            for (int at = 0; at < ids.length; at += SPARSE.refresh()) { // a run for each query group, so that its choices can be read
                Heard heard = new Heard(new ArrayList<>(), new TreeMap<>());
                hear(runtime, session, Arrays.copyOfRange(ids, at, at + SPARSE.refresh()), 0, heard);
                for (int i = at; i < at + SPARSE.refresh(); i++) {
                    int position = i;
                    reference.next(ids[i], (layer, kvHead) -> position < WINDOW
                            ? ReferencePlan.dense(position)
                            : ReferencePlan.sparse(SPARSE, position, choices.blocks(global.indexOf(layer), kvHead)));
                    Map<Integer, Double> shares = heard.shares().getOrDefault(i, Map.of());
                    assertThat(shares).containsOnlyKeys(global);
                    shares.forEach((layer, share) -> assertThat(share).as("layer %d of token %d", layer, position)
                            .isCloseTo(reference.captured(layer), within(1e-5)));
                    least = Math.min(least, shares.values().stream().mapToDouble(Double::doubleValue).min().orElseThrow());
                }
            }
        }
        assertThat(least).as("some of it is left out").isLessThan(0.9);
    }

    @Property(tries = 6)
    void askingChangesNoBitAndAllIsCapturedInsideTheWindow(
            @ForAll("models") String model, @ForAll("formats") KvFormat format, @ForAll("chunks") int chunk, @ForAll long seed) {
        int[] ids = ids(seed);
        Heard without = hear(open(model, Backend.VECTOR), format, ids, ids.length, chunk);
        Heard heard = hear(open(model, Backend.VECTOR), format, ids, 250, chunk);
        assertThat(without.shares()).isEmpty();
        assertThat(heard.shares()).hasSize(ids.length - 250);
        heard.shares().forEach((token, shares) -> shares.forEach((layer, share) -> {
            if (token < WINDOW) {
                assertThat(share).as("layer %d of token %d", layer, token).isEqualTo(1);
            } else {
                assertThat(share).as("layer %d of token %d", layer, token).isBetween(0.0, 1.0).isLessThan(1);
            }
        }));
        for (int i = 0; i < ids.length; i++) {
            assertThat(Arrays.equals(heard.logits().get(i), without.logits().get(i))).as("logits of token %d", i).isTrue();
        }
    }

    @Property(tries = 4)
    void itIsTheSameOnEveryBackendAndInEveryChunk(
            @ForAll("models") String model, @ForAll("formats") KvFormat format, @ForAll("chunks") int chunk, @ForAll long seed) {
        int[] ids = ids(seed);
        Heard scalar = hear(open(model, Backend.SCALAR), format, ids, ids.length - 20, ids.length);
        Heard vector = hear(open(model, Backend.VECTOR), format, ids, ids.length - 20, chunk);
        assertThat(vector.shares()).isEqualTo(scalar.shares());
    }

    private static Heard hear(Opened runtime, KvFormat format, int[] ids, int from, int chunk) {
        Heard heard = new Heard(new ArrayList<>(), new TreeMap<>());
        try (SessionInMemory session = runtime.newSession(format, SPARSE)) {
            for (int at = 0; at < ids.length; at += chunk) {
                hear(runtime, session, Arrays.copyOfRange(ids, at, Math.min(ids.length, at + chunk)), from, heard);
            }
        }
        return heard;
    }

    private static void hear(Opened runtime, SessionInMemory session, int[] tokens, int from, Heard heard) {
        int start = session.position();
        LogitsSink logits = (offset, values) -> heard.logits().add(values.clone());
        runtime.pass().run(List.of(session.next(tokens, 0, logits, MassSink.NONE, new CaptureSink() {
            @Override
            public boolean wants(int offset) {
                return start + offset >= from;
            }

            @Override
            public void accept(int offset, int layer, double share) {
                assertThat(heard.shares().computeIfAbsent(start + offset, _ -> new TreeMap<>()).put(layer, share)).isNull();
            }
        })));
    }

    @Provide
    Arbitrary<String> models() {
        return Arbitraries.of("llama", "qwen3", "gemma3");
    }

    @Provide
    Arbitrary<KvFormat> formats() {
        return Arbitraries.of(KvFormat.values());
    }

    @Provide
    Arbitrary<Integer> chunks() {
        return Arbitraries.of(1, 7, 64, 512);
    }

    private static int[] ids(long seed) {
        return new Random(seed).ints(TOKENS, 0, 512).toArray();
    }

    private static Opened open(String model, Backend backend) {
        return Runtimes.open(ShortWindow.tinyModel(model, WINDOW), backend, 1);
    }
}
