package dev.mneme.runtime.chat.jinja;

/** A template that is not valid, uses something that is not supported, or fails; says at which line. */
public sealed class JinjaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JinjaException(String message) {
        super(message);
    }

    JinjaException(int line, String message) {
        super("line " + line + ": " + message);
    }

    /** The template itself refused its input, with {@code raise_exception}. */
    public static final class Raised extends JinjaException {
        private static final long serialVersionUID = 1L;

        Raised(String message) {
            super(message);
        }
    }
}
