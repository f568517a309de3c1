package dev.mneme.actors.session;

import dev.mneme.persistence.event.Tokens;

/**
 * A piece of a reply, durable.
 *
 * @param text what it adds to the text; may be empty where tokens end inside a character or may begin a stop text
 * @param tokens its token ids; may be empty at the end, when held-back text comes out
 */
public record ReplyPiece(String text, Tokens tokens) {}
