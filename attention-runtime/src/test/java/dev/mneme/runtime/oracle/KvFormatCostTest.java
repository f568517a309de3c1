package dev.mneme.runtime.oracle;

import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.oracle.OracleFiles.NllCase;
import dev.mneme.runtime.oracle.Runtimes.Opened;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What quantized keys and values cost: how much less likely the reference texts become to the real models, in per cent of
 * the NLL of the model as its file defines it; and how far that of a single token goes, root mean square, in nats.
 */
class KvFormatCostTest {
    @ParameterizedTest
    @CsvSource({
        "smollm2, I8, 0.1, 0.03", "gemma3, I8, 0.1, 0.03",
        "smollm2, K8V4, 1, 0.1", "gemma3, K8V4, 1, 0.1"
    })
    void textsStayNearlyAsLikely(String model, KvFormat format, double percent, double tokenLimit) {
        Opened runtime = Runtimes.open(TestModels.named(model), Backend.VECTOR);
        double squares = 0;
        int tokens = 0;
        for (NllCase text : OracleFiles.nll(model + "-nll-f64")) {
            double[] nll = Evaluation.nll(runtime, format, text.ids());
            double cost = 100 * (Arrays.stream(nll).average().orElseThrow() / text.mean() - 1);
            Measured.within(model + " " + text.name() + ", " + format + ", NLL cost in per cent", cost, percent);
            for (int i = 0; i < nll.length; i++) {
                squares += (nll[i] - text.nll()[i]) * (nll[i] - text.nll()[i]);
            }
            tokens += nll.length;
        }
        Measured.within(model + ", " + format + ", NLL of a token, root mean square",
                Math.sqrt(squares / tokens), tokenLimit);
    }
}
