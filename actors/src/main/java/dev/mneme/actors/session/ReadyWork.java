package dev.mneme.actors.session;

import dev.mneme.actors.engine.Reply;
import dev.mneme.actors.memory.OpenedMemory;
import dev.mneme.persistence.event.Tokens;
import java.util.Optional;

/**
 * A turn that the engine can take.
 *
 * @param memory the session's memory
 * @param reply how to go on; empty where there is only something to read
 * @param prompt the turn's prompt, as journaled
 * @param replayed the reply's tokens that are journaled already
 * @param replayedText their text
 */
record ReadyWork(
        OpenedMemory memory, Optional<Reply> reply, Tokens prompt, Tokens replayed, String replayedText) {}
