package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.attention.RopeTable;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.LayerGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * How a step's attention in one layer group is cut: into tiles of queries, and into tasks. A tile of
 * a small slice (a decoding session) is a task for each KV head and split, whose results are merged
 * afterwards; one of a large slice is a task for each KV head and goes through its splits by itself.
 * The result is the same. Past the window tiles end with their query group.
 */
final class AttentionSchedule {
    /** Most query tokens in a tile: enough to use each loaded key often, few enough to share a prompt out evenly. */
    static final int TILE_TOKENS = 32;
    /** Tiles of slices of up to this many tokens are cut by splits. */
    private static final int SMALL_SLICE = 64;

    /** One task; {@code split} is {@link #ALL_SPLITS} where the task goes through all of them. */
    record Task(TileWork work, int kvHead, int split) {}

    /**
     * A tile with what its tasks share.
     *
     * @param slice       where its queries come from
     * @param row         the step's row of the first one
     * @param tokens      number of query tokens
     * @param splits      splits of its plans
     * @param tiles       by KV head, the queries and their plan in the layer in work
     * @param partialBase where its partial results start in the shared buffer; unused without splits
     */
    record TileWork(
            RunSlice slice, int row, int tokens, int splits, IntFunction<AttentionTile> tiles, int partialBase) {}

    static final int ALL_SPLITS = -1;

    final List<TileWork> tiles = new ArrayList<>();
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
                int tokens = sparse(slice, token) ? groupTokens(slice, token) : tileTokens(slice, token);
                schedule(slice, token, tokens);
                token += tokens;
            }
        }
    }

    /** Numbers in the shared buffer of partial results. */
    int partialLength() {
        return partialLength;
    }

    /** Whether a token's plan is not a dense one. */
    private boolean sparse(RunSlice slice, int token) {
        return group.window() == 0 && slice.position(token) >= slice.sparseFrom;
    }

    /** Tokens from this one on that are in the same query group. */
    private static int groupTokens(RunSlice slice, int token) {
        int refresh = slice.queryGroups.getFirst().policy.refresh();
        int left = Math.min(slice.tokens - token, refresh - slice.position(token) % refresh);
        return Math.min(TILE_TOKENS, left);
    }

    private int tileTokens(RunSlice slice, int token) {
        int position = slice.position(token);
        int firstBlock = AttentionPlan.firstBlock(position, group.window());
        int most = Math.min(Math.min(TILE_TOKENS, slice.tokens - token), KvLayout.BLOCK - position % KvLayout.BLOCK);
        int tokens = 1;
        while (tokens < most && !sparse(slice, token + tokens)
                && AttentionPlan.firstBlock(position + tokens, group.window()) == firstBlock) {
            tokens++;
        }
        return tokens;
    }

    private AttentionTile denseTile(RunSlice slice, int token, int tokens) {
        int position = slice.position(token);
        AttentionPlan plan = AttentionPlan.dense(
                AttentionPlan.firstBlock(position, group.window()), position / KvLayout.BLOCK);
        BlockPayload[] payloads = new BlockPayload[plan.size()];
        RopePage[] pages = new RopePage[plan.size()];
        for (int entry = 0; entry < plan.size(); entry++) {
            payloads[entry] = slice.seen(plan.block(entry), group.index(), position / KvLayout.BLOCK);
            pages[entry] = ropeTable.page(plan.distance(entry));
        }
        return new AttentionTile(slice.row + token, tokens, position % KvLayout.BLOCK, plan, payloads, pages);
    }

    private TileWork work(RunSlice slice, int token, int tokens) {
        int row = slice.row + token;
        if (sparse(slice, token)) {
            QueryGroup queryGroup = slice.queryGroup(slice.position(token));
            int offset = slice.position(token) % KvLayout.BLOCK;
            return new TileWork(slice, row, tokens, AttentionPlan.splits(queryGroup.frame.size()),
                    kvHead -> queryGroup.tile(row, tokens, offset, kvHead), partialLength);
        }
        AttentionTile tile = denseTile(slice, token, tokens);
        return new TileWork(slice, row, tokens, tile.plan().splits(), _ -> tile, partialLength);
    }

    private void schedule(RunSlice slice, int token, int tokens) {
        TileWork work = work(slice, token, tokens);
        tiles.add(work);
        int splits = work.splits();
        boolean bySplit = splits > 1 && slice.tokens <= SMALL_SLICE;
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
            partialLength += splits * kvHeads * tokens * partialsPerToken;
        }
    }
}
