package dev.mneme.runtime.bits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.bits.Transcript.Keep;
import dev.mneme.runtime.kv.KvArrays;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.model.TokenRun;
import dev.mneme.runtime.oracle.OracleFiles;
import dev.mneme.runtime.oracle.Runtimes;
import dev.mneme.runtime.oracle.Runtimes.Opened;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The memory that commands and measurements use gives the bits of the one that holds the runtime to its contract. */
class KvArraysTest {
    @Property(tries = 20)
    void itsFormatsHaveTheBitsOfASession(
            @ForAll KvFormat format, @ForAll @IntRange(min = 1, max = 200) int chunk, @ForAll long seed) {
        Opened runtime = Runtimes.open(OracleFiles.tinyModel("gemma3"), Backend.VECTOR, 1);
        int[] ids = new Random(seed).ints(300, 0, 512).toArray();
        List<float[]> expected = Transcript.alone(runtime, format, ids, Keep.ALL, ids.length).logits();
        try (KvArrays memory = new KvArrays(runtime.model().kvLayout(format), 0)) {
            for (int from = 0; from < ids.length; from += chunk) {
                int start = from;
                int[] tokens = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + chunk));
                memory.forgetBefore(from);
                runtime.pass().run(List.of(new TokenRun(tokens, from, memory, 0, (offset, logits) ->
                        assertThat(logits).as("token %d", start + offset).isEqualTo(expected.get(start + offset)))));
            }
        }
    }
}
