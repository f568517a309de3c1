package dev.mneme.runtime.oracle;

import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.oracle.OracleFiles.LogitsCase;
import dev.mneme.runtime.oracle.OracleFiles.NllCase;
import dev.mneme.runtime.oracle.Runtimes.Opened;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every architecture and tensor type: tiny random models against float64. */
class TinyOracleTest {
    static final List<String> MODELS = List.of(
            "llama", "llama31", "qwen2", "qwen3", "gemma3",
            "type-f16", "type-bf16", "type-q8_0", "type-q4_0", "type-q4_1", "type-q5_0", "type-q5_1",
            "type-q4_k", "type-q5_k", "type-q6_k");

    static Stream<Arguments> modelsAndBackends() {
        return MODELS.stream()
                .flatMap(model -> Stream.of(Backend.SCALAR, Backend.VECTOR).map(backend -> Arguments.of(model, backend)));
    }

    @ParameterizedTest
    @MethodSource("modelsAndBackends")
    void logitsAndNllAreThoseOfTheModel(String model, Backend backend) {
        differ(model, backend, KvFormat.F32, 5e-4, 5e-4);
    }

    @ParameterizedTest
    @MethodSource("modelsAndBackends")
    void halfPrecisionKeysAndValuesCostLittle(String model, Backend backend) {
        differ(model, backend, KvFormat.F16, 0.1, 0.1);
    }

    private static void differ(String model, Backend backend, KvFormat format, double logitLimit, double nllLimit) {
        Opened runtime = Runtimes.open(OracleFiles.tinyModel(model), backend, 1);
        String file = "tiny/" + model + "-f64";
        List<LogitsCase> cases = OracleFiles.logits(file);
        List<float[]> logits = Evaluation.lastLogits(runtime, format, cases.stream().map(LogitsCase::ids).toList());
        double largest = 0;
        for (int i = 0; i < cases.size(); i++) {
            largest = Math.max(largest, Logits.largestDifference(cases.get(i), logits.get(i)));
        }
        Measured.within(file + ", " + backend + " " + format + ", logits", largest, logitLimit);
        for (NllCase text : OracleFiles.tinyNll(file)) {
            double[] nll = Evaluation.nll(runtime, format, text.ids());
            Measured.within(file + ", " + backend + " " + format + ", token NLL",
                    Logits.largestDifference(text.nll(), nll), nllLimit);
        }
    }
}
