package dev.mneme.benchmarks;

import dev.mneme.runtime.model.CaptureSink;
import java.util.DoubleSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;

/** How much of all attention the plans of some tokens captured: by layer with global attention, the mean over the tokens. */
final class CapturedMass {
    private final Map<Integer, DoubleSummaryStatistics> shares = new TreeMap<>();

    /** Takes the tokens of a run from this index on. */
    CaptureSink from(int firstOffset) {
        return new CaptureSink() {
            @Override
            public boolean wants(int offset) {
                return offset >= firstOffset;
            }

            @Override
            public void accept(int offset, int layer, double share) {
                shares.computeIfAbsent(layer, _ -> new DoubleSummaryStatistics()).accept(share);
            }
        };
    }

    /** By layer; empty if no token was taken. */
    Map<Integer, Double> byLayer() {
        Map<Integer, Double> means = new TreeMap<>();
        shares.forEach((layer, ofTokens) -> means.put(layer, ofTokens.getAverage()));
        return means;
    }
}
