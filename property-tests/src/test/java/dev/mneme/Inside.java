package dev.mneme;

import dev.mneme.actors.node.MnemeNode;

/** Lets the promises look behind the public interface: at blocks, which no caller sees. */
public final class Inside {
    private Inside() {}

    /** What a Mneme stands on. */
    public static MnemeNode node(Mneme mneme) {
        return mneme.node();
    }
}
