package dev.mneme.runtime.sampling;

/** A sampling option outside of its range; the message says which, what was given and what is allowed. */
public final class InvalidOptionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String option;

    InvalidOptionException(String option, Object value, String allowed) {
        super("%s is %s; it must be %s".formatted(option, value, allowed));
        this.option = option;
    }

    /** The option's name as in {@link SamplerOptions}, or {@code stop}. */
    public String option() {
        return option;
    }
}
