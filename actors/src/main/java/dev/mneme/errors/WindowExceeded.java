package dev.mneme.errors;

/** The turn would grow the session past the window that its model was trained for. */
public final class WindowExceeded extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public WindowExceeded(String session, int position, int wanted, int window) {
        super("session '%s' holds %d tokens; %d more do not fit the model's window of %d: say less, rewind, or start a new session".formatted(session, position, wanted, window));
    }
}
