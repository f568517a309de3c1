package dev.mneme.benchmarks.soak;

import dev.mneme.app.Main;

/** {@code mneme soak}. */
public final class Soak {
    private Soak() {}

    /** Runs the command and ends the process; the first argument is {@code soak}. */
    public static void main(String[] arguments) {
        Main.main("soak", SoakCommand.class, arguments);
    }
}
