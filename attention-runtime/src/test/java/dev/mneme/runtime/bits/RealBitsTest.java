package dev.mneme.runtime.bits;

import dev.mneme.runtime.bits.Transcript.Keep;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.oracle.OracleFiles;
import dev.mneme.runtime.oracle.Runtimes;
import dev.mneme.runtime.oracle.Runtimes.Opened;
import dev.mneme.runtime.oracle.TestModels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same promise on the real models, whose sizes and tensor types the tiny ones do not have. */
class RealBitsTest {
    @ParameterizedTest
    @CsvSource({"smollm2, F32", "smollm2, F16", "gemma3, F16", "smollm2, K8V4", "gemma3, I8"})
    void scalarIsVector(String prefix, KvFormat format) {
        Path model = TestModels.named(prefix);
        int[] ids = text(prefix, 0, 70);
        Transcript scalar = Transcript.alone(Runtimes.open(model, Backend.SCALAR), format, ids, Keep.LAST, 70);
        Transcript vector = Transcript.alone(Runtimes.open(model, Backend.VECTOR), format, ids, Keep.LAST, 66, 1);
        scalar.mustEqual(vector, "scalar and vector");
    }

    /** 600 tokens: more than Gemma's native window of 512. */
    @ParameterizedTest
    @CsvSource({"smollm2, F16", "gemma3, F16", "smollm2, I8", "gemma3, K8V4"})
    void neitherChunksNorThreadsNorCompanyShow(String prefix, KvFormat format) {
        Path model = TestModels.named(prefix);
        Opened two = Runtimes.open(model, Backend.VECTOR, 2);
        int[] ids = text(prefix, 100, 600);
        Transcript whole = Transcript.alone(two, format, ids, Keep.LAST, ids.length);
        whole.mustEqual(Transcript.alone(two, format, ids, Keep.LAST, 512), "whole and 512");
        whole.mustEqual(Transcript.alone(two, format, ids, Keep.LAST, 64), "whole and 64");
        whole.mustEqual(Transcript.alone(two, format, ids, Keep.LAST, 7, 500, 7, 1, 1, 40), "whole and odd");
        whole.mustEqual(
                Transcript.alone(Runtimes.open(model, Backend.VECTOR, 1), format, ids, Keep.LAST, 512),
                "2 threads and 1");
        List<int[]> all = List.of(ids, text(prefix, 0, 30), text(prefix, 700, 90), text(prefix, 300, 65));
        List<Transcript> together = Company.together(two, format, all, Keep.LAST, new Random(600));
        whole.mustEqual(together.getFirst(), "alone and in company");
    }

    private static int[] text(String prefix, int from, int length) {
        int[] ids = OracleFiles.nll(prefix + "-nll-f64").getFirst().ids();
        return Arrays.copyOfRange(ids, from, from + length);
    }
}
