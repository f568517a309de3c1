package dev.mneme.runtime.kernel;

/** The vector backend was asked for in a JVM that lacks the Vector API. */
public final class VectorModuleMissingException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    VectorModuleMissingException(String module) {
        super("the vector backend needs the module " + module
                + ": start the JVM with --add-modules " + module + ", or choose the scalar backend");
    }
}
