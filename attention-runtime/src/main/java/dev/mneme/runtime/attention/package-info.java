/**
 * What a query attends to and how the work is cut: the plan (an ordered list of blocks with their
 * distances), tiles of queries that share a plan, rotary position tables, and the merging of a
 * plan's splits.
 */
@NullMarked
package dev.mneme.runtime.attention;

import org.jspecify.annotations.NullMarked;
