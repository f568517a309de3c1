package dev.mneme.errors;

/** The engine was closed. */
public final class MnemeClosed extends MnemeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error; its message is made from the arguments. */
    public MnemeClosed(String what) {
        super("%s: Mneme is closed; open it again".formatted(what));
    }
}
