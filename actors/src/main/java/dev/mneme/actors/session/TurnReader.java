package dev.mneme.actors.session;

/** What a turn's reader can say to the engine, and ask it. Thread-safe. */
public interface TurnReader {
    /** Says that {@code tokens} more sampled tokens were read, so that as many more may be sampled. */
    void read(int tokens);

    /** Tokens that are computed before the first one is sampled; 0 until that is known. */
    int toPrefill();

    /** How many of {@link #toPrefill} are computed. */
    int prefilled();
}
