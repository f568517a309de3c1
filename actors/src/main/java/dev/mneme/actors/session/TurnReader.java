package dev.mneme.actors.session;

/** What a turn's reader can say back to the engine. Thread-safe. */
public interface TurnReader {
    /** Says that {@code tokens} more sampled tokens were read, so that as many more may be sampled. */
    void read(int tokens);
}
