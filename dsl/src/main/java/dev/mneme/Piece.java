package dev.mneme;

import java.util.List;

/**
 * A piece of a reply, durable before it is shown.
 *
 * @param text what it adds to the text; empty where its tokens end inside a character or may begin a stop text
 * @param tokens its ids
 */
public record Piece(String text, List<Integer> tokens) {}
