/**
 * Chat templates: how a model wants a conversation spelled. A template is never run over the history. It is run once, over
 * stand-ins, to learn the constant pieces around the texts ({@link dev.mneme.runtime.chat.TurnShape}); from then on a turn
 * is those pieces around what is new ({@link dev.mneme.runtime.chat.ChatTurns}). A shape is a handful of strings that a
 * session keeps, so that a resumed one need not start the template engine at all.
 */
@NullMarked
package dev.mneme.runtime.chat;

import org.jspecify.annotations.NullMarked;
