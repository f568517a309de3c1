package dev.mneme.runtime.chat.jinja;

/** A template that is not valid, uses something that is not supported, or fails; says at which line. */
public sealed class JinjaException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int NO_LINE = 0;

    private final String problem;
    private final int line;

    JinjaException(String problem) {
        this(NO_LINE, problem);
    }

    JinjaException(int line, String problem) {
        super(line == NO_LINE ? problem : "line " + line + ": " + problem);
        this.problem = problem;
        this.line = line;
    }

    /** The same, and where it happened, unless that is known already. */
    JinjaException at(int place) {
        return line == NO_LINE ? new JinjaException(place, problem) : this;
    }

    /** The template itself refused its input, with {@code raise_exception}. */
    public static final class Raised extends JinjaException {
        private static final long serialVersionUID = 1L;

        Raised(String message) {
            super(message);
        }

        @Override
        JinjaException at(int place) {
            return this;
        }
    }
}
