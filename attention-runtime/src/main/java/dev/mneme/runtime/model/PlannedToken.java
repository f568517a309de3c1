package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.model.AttentionSchedule.Task;
import dev.mneme.runtime.model.AttentionSchedule.TileWork;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * One token of a step with its plans.
 *
 * @param work  the tile that it is part of
 * @param token its index there
 */
record PlannedToken(TileWork work, int token) {
    /** The tokens of a step that somebody wants, in row order. */
    static List<PlannedToken> of(AttentionSchedule schedule, Predicate<PlannedToken> wanted) {
        List<PlannedToken> tokens = new ArrayList<>();
        TileWork last = null;
        for (Task task : schedule.tasks) {
            if (task.work() != last) {
                last = task.work();
                add(last, wanted, tokens);
            }
        }
        return tokens;
    }

    private static void add(TileWork work, Predicate<PlannedToken> wanted, List<PlannedToken> tokens) {
        for (int i = 0; i < work.tokens(); i++) {
            PlannedToken token = new PlannedToken(work, i);
            if (wanted.test(token)) {
                tokens.add(token);
            }
        }
    }

    TokenRun run() {
        return work.slice().run;
    }

    /** Index of the token in its run. */
    int offset() {
        return work.slice().from + work.row() - work.slice().row + token;
    }

    /** Absolute position of the token. */
    int position() {
        return run().position() + offset();
    }

    /** The token alone, with its plan in the layer in work. */
    AttentionTile tile(int kvHead) {
        AttentionTile tile = work.tiles().apply(kvHead);
        return new AttentionTile(tile.row() + token, 1, tile.offset() + token, tile.plan(), tile.payloads(), tile.pages());
    }
}
