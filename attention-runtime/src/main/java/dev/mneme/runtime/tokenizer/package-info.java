/**
 * Text to token ids and back, as the model file defines it.
 *
 * <p>A text is first cut at the special tokens spelled in it ({@link dev.mneme.runtime.tokenizer.SpecialTokens}), then
 * either split into words and merged by rank (byte-level BPE) or merged as a whole by score (SentencePiece). Everything
 * works on UTF-8 bytes and packed tables, so that opening a vocabulary costs milliseconds: a cold process has little more
 * than a second to resume a conversation.
 */
@NullMarked
package dev.mneme.runtime.tokenizer;

import org.jspecify.annotations.NullMarked;
