package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.SplitMerge;
import dev.mneme.runtime.kernel.Kernels;
import dev.mneme.runtime.kv.BlockSealing;

/**
 * What one compute thread owns.
 *
 * @param kernels  its arithmetic
 * @param head     room for two heads, and for one row of the residual stream
 * @param partials room for one tile's results of one split
 * @param merge    joins the splits of one tile
 * @param choice   chooses blocks
 * @param sealing  quantizes blocks
 */
record Worker(
        Kernels kernels, float[] head, float[] partials, SplitMerge merge, BlockChoice choice, BlockSealing sealing) {}
