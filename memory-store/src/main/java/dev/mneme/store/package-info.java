/**
 * Keeps blocks: fixed-size payloads under content keys, memory-mapped, checksummed, leased without a copy.
 *
 * <p>{@link dev.mneme.store.BlockStore} is the door, one per tenant directory. Blocks lie in preallocated
 * <em>arenas</em> (one Chronicle Map file each), a family of arenas for each {@link dev.mneme.store.BlockShape}.
 * {@link dev.mneme.store.TailStore} keeps each session's unfinished block beside them. Everything here is a cache
 * of the journal: what is lost or damaged is reported and can be rebuilt, and what is served is proven first.
 * Chronicle Map stays behind {@code ChronicleSlots}; {@code docs} of its traps are there.
 */
@NullMarked
package dev.mneme.store;

import org.jspecify.annotations.NullMarked;
