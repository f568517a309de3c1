package dev.mneme.actors.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicyException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTextTest {
    /** These texts are in journals and block keys for good. */
    @Test
    void theTextsAreWhatTheyWere() {
        assertThat(PolicyText.format(MemoryPolicy.dense())).isEqualTo("dense");
        assertThat(PolicyText.format(new MemoryPolicy.Sparse(64, 1024, 16, 64, 8)))
                .isEqualTo("sparse sinks=64 window=1024 topK=16 candidates=64 refresh=8");
        assertThat(PolicyText.format(new MemoryPolicy.Sparse(64, 1024, 16, 1024, 4, 16)))
                .isEqualTo("sparse sinks=64 window=1024 topK=16 candidates=1024 refresh=4 survey=16");
    }

    @Test
    void whoPickedAPolicyIsInItsText() {
        String text = PolicyText.formatPicked(MemoryPolicy.dense());
        assertThat(text).isEqualTo("auto dense");
        assertThat(PolicyText.isPicked(text)).isTrue();
        assertThat(PolicyText.isPicked("dense")).isFalse();
        assertThat(PolicyText.parse(text)).isEqualTo(MemoryPolicy.dense());
    }

    @Property
    void aPolicyIsReadAsItWasWritten(
            @ForAll @IntRange(max = 1000) int sinks,
            @ForAll @IntRange(min = 1, max = 1000) int window,
            @ForAll @IntRange(max = 1000) int topK,
            @ForAll @IntRange(min = 1, max = 100_000) int more,
            @ForAll @IntRange(max = 6) int refresh,
            @ForAll @IntRange(max = 6) int survey) {
        MemoryPolicy policy = new MemoryPolicy.Sparse(
                64 * sinks, 64 * window, topK, topK + more, 1 << refresh, 1 << Math.max(refresh, survey));

        assertThat(PolicyText.parse(PolicyText.format(policy))).isEqualTo(policy);
        assertThat(PolicyText.parse("dense")).isEqualTo(MemoryPolicy.dense());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Dense",
                "dense ",
                "sparse",
                "sparse sinks=64 window=1024 topK=16 candidates=64",
                "sparse sinks=64 window=1024 topK=16 candidates=64 refresh=8 more=1",
                "sparse window=1024 sinks=64 topK=16 candidates=64 refresh=8",
                "sparse sinks=64 sinks=64 topK=16 candidates=64 refresh=8",
                "sparse sinks=+64 window=1024 topK=16 candidates=64 refresh=8",
                "sparse sinks=64 window=99999999999 topK=16 candidates=64 refresh=8",
                "sparse sinks=63 window=1024 topK=16 candidates=64 refresh=8",
                "sparse sinks=64 window=1024 topK=16 candidates=64 refresh=8 survey=12",
                "sparse sinks=64 window=1024 topK=16 candidates=64 refresh=8 survey=16 survey=16",
                "sparse survey=16 sinks=64 window=1024 topK=16 candidates=64 refresh=8",
                "sparse sinks=64 window=1024 topK=16 candidates=64 refresh=8 survey=8"
            })
    void whatIsNoPolicyIsRefused(String text) {
        assertThatThrownBy(() -> PolicyText.parse(text))
                .isInstanceOf(MemoryPolicyException.class)
                .hasMessageContaining("memory policy");
    }
}
