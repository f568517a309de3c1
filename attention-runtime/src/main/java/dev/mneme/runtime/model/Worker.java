package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.SplitMerge;
import dev.mneme.runtime.kernel.Kernels;
import dev.mneme.runtime.kernel.ScoredRows;
import dev.mneme.runtime.kv.BlockSealing;

/**
 * What one compute thread owns.
 *
 * @param kernels  its arithmetic
 * @param head     room for two heads, and for one row of the residual stream
 * @param partials room for one tile's results of one split
 * @param merge    joins the splits of one tile
 * @param choice   chooses blocks
 * @param rows     the query heads that score a block
 * @param sealing  quantizes blocks
 */
record Worker(
        Kernels kernels, float[] head, float[] partials, SplitMerge merge, BlockChoice choice, ScoredRows rows,
        BlockSealing sealing) {}
