package dev.mneme.benchmarks;

import dev.mneme.runtime.model.AttentionMass;
import dev.mneme.runtime.model.CaptureSink;
import java.util.Map;
import java.util.Optional;

/**
 * Hears where attention goes while a question is answered.
 *
 * @param mass     which blocks receive it
 * @param captured how much of all attention that is, if somebody asks
 */
record Listener(AttentionMass mass, Optional<CapturedMass> captured) {
    /** Hears of the blocks only. */
    static Listener ofBlocks() {
        return new Listener(new AttentionMass(), Optional.empty());
    }

    /** Also hears how much of all attention plans capture, for which all keys are read. */
    static Listener ofBlocksAndLayers() {
        return new Listener(new AttentionMass(), Optional.of(new CapturedMass()));
    }

    CaptureSink capturedFrom(int firstOffset) {
        return captured.map(mass -> mass.from(firstOffset)).orElse(CaptureSink.NONE);
    }

    /** By layer, what was captured; empty if nobody asked. */
    Map<Integer, Double> byLayer() {
        return captured.map(CapturedMass::byLayer).orElse(Map.of());
    }
}
