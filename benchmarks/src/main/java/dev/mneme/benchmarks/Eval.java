package dev.mneme.benchmarks;

import dev.mneme.app.Main;

/** {@code mneme eval}. */
public final class Eval {
    private Eval() {}

    /** Runs the command and ends the process; the first argument is {@code eval}. */
    public static void main(String[] arguments) {
        Main.main("eval", EvalCommand.class, arguments);
    }
}
