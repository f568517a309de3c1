package dev.mneme.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.RuntimeOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is around what is hidden is what was asked for. */
class FillerTest {
    private static final Path ROOT = Path.of(Objects.requireNonNull(System.getProperty("mneme.rootDir"), "set by the build"));
    private static final int TOKENS = 3_000;

    @Test
    void fewSentencesComeOverAndOver() {
        Filler filler = filler(new FillerText(7, 3));
        int period = filler.starts()[3];
        assertThat(IntStream.range(period, TOKENS)).allMatch(i -> filler.ids()[i] == filler.ids()[i - period]);
        assertThat(filler.starts()[4] - period).isEqualTo(filler.starts()[1]);
    }

    @Test
    void variedTextBeginsWithTheSameSentencesAndGoesOnWithOthers() {
        Filler varied = filler(new FillerText(7, FillerText.VARIED));
        Filler repeated = filler(new FillerText(7, 3));
        int third = varied.starts()[3];
        assertThat(Arrays.copyOf(repeated.ids(), third)).isEqualTo(Arrays.copyOf(varied.ids(), third));
        assertThat(IntStream.range(third, TOKENS)).anyMatch(i -> varied.ids()[i] != varied.ids()[i - third]);
        assertThat(filler(new FillerText(8, FillerText.VARIED)).ids()).isNotEqualTo(varied.ids());
    }

    private static Filler filler(FillerText text) {
        Path tiny = ROOT.resolve("attention-runtime/src/test/resources/oracle/tiny/llama.gguf");
        try (LanguageModel model = LanguageModel.open(tiny, RuntimeOptions.defaults())) {
            return Filler.of(model.tokenizer(), TOKENS, text);
        }
    }
}
