/**
 * From token ids to logits: a model file opened once and shared, and forward passes over it that
 * each own their scratch memory and compute threads. A step takes a mixed batch of token runs of
 * several sessions; the bits of a token depend neither on the batch nor on the threads.
 */
@NullMarked
package dev.mneme.runtime.model;

import org.jspecify.annotations.NullMarked;
