package dev.mneme.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MemoryDefaultsTest {
    @Test
    void theModelsThatWereMeasuredGetWhatWasMeasured() {
        assertThat(MemoryDefaults.of(8_192, false)).isEqualTo(new Sparse(64, 1_024, 16, 1_024, 2, 16));
        assertThat(MemoryDefaults.of(32_768, true)).isEqualTo(new Sparse(64, 1_024, 64, 0, 8));
    }

    @Property
    void everyModelCanFollowItsDefault(@ForAll @IntRange(min = 1, max = 200_000) int window, @ForAll boolean nativeWindows) {
        MemoryPolicy policy = MemoryDefaults.of(window, nativeWindows);
        policy.check(window);
        assertThat(policy instanceof Sparse).isEqualTo(window >= 285);
    }
}
