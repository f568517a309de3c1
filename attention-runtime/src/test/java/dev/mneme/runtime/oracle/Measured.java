package dev.mneme.runtime.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;

/** A measured difference, printed beside its limit: how far inside a limit we are is worth knowing. */
public final class Measured {
    private Measured() {}

    /** Fails if the difference is above the limit, or is no number. */
    public static void within(String what, double difference, double limit) {
        System.out.printf(Locale.ROOT, "oracle: %s: %.3g (limit %.1g)%n", what, difference, limit);
        assertThat(Math.abs(difference)).as(what).isLessThanOrEqualTo(limit);
    }
}
