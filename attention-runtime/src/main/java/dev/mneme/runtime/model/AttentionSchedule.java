package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.attention.RopeTable;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.LayerGroup;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * How a step's attention in one layer group is cut: into tiles of queries, and into tasks. A small
 * tile (a decoding session) is a task for each KV head and split, whose results are merged
 * afterwards; a large one is a task for each KV head and goes through its splits by itself. The
 * result is the same.
 */
final class AttentionSchedule {
    /** Most query tokens in a tile: enough to use each loaded key often, few enough to share a prompt out evenly. */
    static final int TILE_TOKENS = 32;
    /** Tiles of up to this many tokens are cut by splits. */
    private static final int SMALL_TILE = 8;

    /** One task; {@code split} is {@link #ALL_SPLITS} where the task goes through all of them. */
    record Task(TileWork work, int kvHead, int split) {}

    /**
     * A tile with what its tasks share.
     *
     * @param slice       where its queries come from
     * @param tile        the queries and their plan
     * @param partialBase where its partial results start in the shared buffer; unused without splits
     */
    record TileWork(RunSlice slice, AttentionTile tile, int partialBase) {}

    static final int ALL_SPLITS = -1;

    final List<Task> tasks = new ArrayList<>();
    /** Tiles whose splits are separate tasks. */
    final List<TileWork> splitTiles = new ArrayList<>();
    private final LayerGroup group;
    private final RopeTable ropeTable;
    private final int kvHeads;
    private final int partialsPerToken;
    private int partialLength;

    /**
     * Cuts a step.
     *
     * @param partialsPerToken numbers that a token's query heads of one KV head leave for a split
     */
    AttentionSchedule(Step step, LayerGroup group, RopeTable ropeTable, int kvHeads, int partialsPerToken) {
        this.group = group;
        this.ropeTable = ropeTable;
        this.kvHeads = kvHeads;
        this.partialsPerToken = partialsPerToken;
        for (RunSlice slice : step.slices()) {
            for (int token = 0; token < slice.tokens; ) {
                int tokens = tileTokens(slice, token);
                schedule(slice, tile(slice, token, tokens));
                token += tokens;
            }
        }
    }

    /** Numbers in the shared buffer of partial results. */
    int partialLength() {
        return partialLength;
    }

    private int tileTokens(RunSlice slice, int token) {
        int position = slice.position(token);
        int firstBlock = AttentionPlan.firstBlock(position, group.window());
        int most = Math.min(Math.min(TILE_TOKENS, slice.tokens - token), KvLayout.BLOCK - position % KvLayout.BLOCK);
        int tokens = 1;
        while (tokens < most && AttentionPlan.firstBlock(position + tokens, group.window()) == firstBlock) {
            tokens++;
        }
        return tokens;
    }

    private AttentionTile tile(RunSlice slice, int token, int tokens) {
        int position = slice.position(token);
        AttentionPlan plan = AttentionPlan.dense(
                AttentionPlan.firstBlock(position, group.window()), position / KvLayout.BLOCK);
        MemorySegment[] payloads = new MemorySegment[plan.size()];
        RopePage[] pages = new RopePage[plan.size()];
        for (int entry = 0; entry < plan.size(); entry++) {
            payloads[entry] = slice.payload(plan.block(entry), group.index());
            pages[entry] = ropeTable.page(plan.distance(entry));
        }
        return new AttentionTile(slice.row + token, tokens, position % KvLayout.BLOCK, plan, payloads, pages);
    }

    private void schedule(RunSlice slice, AttentionTile tile) {
        int splits = tile.plan().splits();
        boolean bySplit = splits > 1 && tile.tokens() <= SMALL_TILE;
        TileWork work = new TileWork(slice, tile, partialLength);
        for (int kvHead = 0; kvHead < kvHeads; kvHead++) {
            if (bySplit) {
                for (int split = 0; split < splits; split++) {
                    tasks.add(new Task(work, kvHead, split));
                }
            } else {
                tasks.add(new Task(work, kvHead, ALL_SPLITS));
            }
        }
        if (bySplit) {
            splitTiles.add(work);
            partialLength += splits * kvHeads * tile.tokens() * partialsPerToken;
        }
    }
}
