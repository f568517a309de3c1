package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.model.AttentionSchedule.Task;
import dev.mneme.runtime.model.AttentionSchedule.TileWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tokens of a step whose attention is recorded, with what their blocks have received so far.
 *
 * @param tokens in row order
 */
record StepMass(List<Recorded> tokens) {
    static StepMass of(Step step, AttentionSchedule global, int kvHeads) {
        List<Recorded> tokens = new ArrayList<>();
        if (step.slices().stream().anyMatch(slice -> slice.run.mass() != MassSink.NONE)) {
            TileWork last = null;
            for (Task task : global.tasks) {
                if (task.work() != last) {
                    last = task.work();
                    add(last, kvHeads, tokens);
                }
            }
        }
        return new StepMass(tokens);
    }

    private static void add(TileWork work, int kvHeads, List<Recorded> tokens) {
        int first = work.slice().from + work.row() - work.slice().row;
        for (int i = 0; i < work.tokens(); i++) {
            if (work.slice().run.mass().wants(first + i)) {
                tokens.add(new Recorded(work, i, kvHeads));
            }
        }
    }

    boolean isEmpty() {
        return tokens.isEmpty();
    }

    /** One token of a tile. */
    static final class Recorded {
        final TileWork work;
        private final int token;
        private final double[][] shares;
        private final Map<Integer, Double> byBlock = new TreeMap<>();

        Recorded(TileWork work, int token, int kvHeads) {
            this.work = work;
            this.token = token;
            this.shares = new double[kvHeads][];
        }

        /** The token with its plan in the layer in work. */
        AttentionTile tile(int kvHead) {
            AttentionTile tile = work.tiles().apply(kvHead);
            return new AttentionTile(tile.row() + token, 1, tile.offset() + token, tile.plan(), tile.payloads(), tile.pages());
        }

        /** Keeps what the entries of the plan received from the query heads of a KV head. */
        void put(int kvHead, double[] sharesOfEntries) {
            shares[kvHead] = sharesOfEntries;
        }

        /** Adds what was kept of the layer in work. */
        void addLayer() {
            for (int kvHead = 0; kvHead < shares.length; kvHead++) {
                AttentionPlan plan = tile(kvHead).plan();
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
            work.slice().run.mass().accept(work.slice().from + work.row() - work.slice().row + token, blocks, mass);
        }
    }
}
