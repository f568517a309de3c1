package dev.mneme.runtime.bits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
import dev.mneme.runtime.bits.Transcript.Keep;
import dev.mneme.runtime.kv.KvArrays;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.model.TokenRun;
import dev.mneme.runtime.oracle.Runtimes;
import dev.mneme.runtime.oracle.Runtimes.Opened;
import dev.mneme.runtime.oracle.ShortWindow;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Forks and what is forgotten do not show: a text gone on with in several ways has the bits of each read straight through. */
class KvArraysTest {
    private static final int CHUNK = 96;
    private static final Opened RUNTIME =
            Runtimes.open(ShortWindow.tinyModel("gemma3", 448), Backend.VECTOR, 1);
    private static final Sparse TRUNK_POLICY = new Sparse(64, 64, 2, 4, 8);

    @Property(tries = 16)
    void everyWayOnHasTheBitsOfItsTextReadStraightThrough(
            @ForAll KvFormat format, @ForAll @IntRange(min = 2, max = 14) int forkBlock, @ForAll long seed) {
        Random random = new Random(seed);
        int[] trunk = ids(64 * forkBlock, random);
        KvLayout layout = RUNTIME.model().kvLayout(format);
        try (KvArrays memory = new KvArrays(layout, TRUNK_POLICY.keptBlocks())) {
            read(memory, TRUNK_POLICY, trunk, 0);
            for (int way = 0; way < 2; way++) {
                int[] text = concat(trunk, ids(random.nextInt(1, 700), random));
                // Past the window the trunk's policy shows in what it left, so another one only inside.
                Sparse policy = trunk.length <= 448 ? new Sparse(64, 128, 1 + way, 0, 4) : TRUNK_POLICY;
                List<float[]> straight =
                        Transcript.alone(RUNTIME, format, policy, text, Keep.ALL, CHUNK).logits();
                try (KvArrays fork = memory.fork(policy.keptBlocks())) {
                    List<float[]> forked = read(fork, policy, text, trunk.length);
                    new Transcript(straight.subList(trunk.length, text.length), List.of())
                            .mustEqual(new Transcript(forked, List.of()), "straight and forked");
                }
            }
        }
    }

    @Test
    void whatAWindowHasPassedTakesNoMemory() {
        KvLayout layout = RUNTIME.model().kvLayout(KvFormat.F16);
        int group = layout.groups().size() - 1;
        try (KvArrays memory = new KvArrays(layout, 0)) {
            MemorySegment first = memory.open(0, group);
            memory.forgetBefore(64 + layout.groups().get(group).window() - 1);
            assertThat(memory.open(1, group).address()).as("reused").isEqualTo(first.address());
            assertThat(memory.sealed(0, group).byteSize()).isZero();
            assertThatThrownBy(() -> memory.sealed(7, group)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void aLongTextWithoutSummariesCanBeForked() {
        KvLayout layout = RUNTIME.model().kvLayout(KvFormat.F16);
        try (KvArrays memory = new KvArrays(layout, 0)) {
            MemorySegment last = memory.open(80, 0);
            try (KvArrays fork = memory.fork(0)) {
                assertThat(fork.sealed(80, 0).address()).isEqualTo(last.address());
                assertThat(fork.open(81, 0).address()).isNotEqualTo(memory.open(81, 0).address());
            }
        }
    }

    /** Reads the text from {@code from} on; the logits of these tokens. */
    private static List<float[]> read(KvArrays memory, Sparse policy, int[] ids, int from) {
        List<float[]> logits = new ArrayList<>();
        for (int at = from; at < ids.length; at += CHUNK) {
            int[] tokens = Arrays.copyOfRange(ids, at, Math.min(ids.length, at + CHUNK));
            RUNTIME.pass().run(List.of(new TokenRun(
                    tokens, at, memory, policy, 0, (offset, values) -> logits.add(values.clone()))));
            memory.forgetBefore(at + tokens.length);
        }
        return logits;
    }

    private static int[] ids(int count, Random random) {
        return random.ints(count, 0, 512).toArray();
    }

    private static int[] concat(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
