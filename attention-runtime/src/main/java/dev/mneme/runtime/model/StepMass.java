package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionPlan;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tokens of a step whose attention is recorded, with what their blocks have received so far.
 *
 * @param tokens in row order
 */
record StepMass(List<Recorded> tokens) {
    /** A step in which nobody asks. */
    static final StepMass NONE = new StepMass(List.of());

    static StepMass of(Step step, AttentionSchedule global, int kvHeads) {
        if (step.slices().stream().allMatch(slice -> slice.run.mass() == MassSink.NONE)) {
            return NONE;
        }
        return new StepMass(PlannedToken.of(global, token -> token.run().mass().wants(token.offset())).stream()
                .map(token -> new Recorded(token, kvHeads))
                .toList());
    }

    boolean isEmpty() {
        return tokens.isEmpty();
    }

    /** A token with what was recorded. */
    static final class Recorded {
        final PlannedToken token;
        private final double[][] shares;
        private final Map<Integer, Double> byBlock = new TreeMap<>();

        Recorded(PlannedToken token, int kvHeads) {
            this.token = token;
            this.shares = new double[kvHeads][];
        }

        /** Keeps what the entries of the plan received from the query heads of a KV head. */
        void put(int kvHead, double[] sharesOfEntries) {
            shares[kvHead] = sharesOfEntries;
        }

        /** Adds what was kept of the layer in work. */
        void addLayer() {
            for (int kvHead = 0; kvHead < shares.length; kvHead++) {
                AttentionPlan plan = token.tile(kvHead).plan();
                for (int entry = 0; entry < plan.size(); entry++) {
                    byBlock.merge(plan.block(entry), shares[kvHead][entry], Double::sum);
                }
            }
        }

        /** Hands the shares to the run's sink. */
        void finish() {
            int[] blocks = byBlock.keySet().stream().mapToInt(Integer::intValue).toArray();
            double[] mass = byBlock.values().stream().mapToDouble(Double::doubleValue).toArray();
            double total = 0;
            for (double one : mass) {
                total += one;
            }
            for (int i = 0; i < mass.length; i++) {
                mass[i] /= total;
            }
            token.run().mass().accept(token.offset(), blocks, mass);
        }
    }
}
