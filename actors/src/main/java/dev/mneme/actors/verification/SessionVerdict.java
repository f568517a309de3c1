package dev.mneme.actors.verification;

/**
 * What is to be made anew of a session.
 *
 * @param session the session as its journal tells it
 * @param stateWrong its snapshot contradicts the journal or cannot be read
 * @param rowsWrong what the index says of its blocks contradicts the journal or the blocks
 * @param tailWrong its tail is not what was written, or holds what the journal does not have
 * @param memoryLacks keys and values are missing
 */
record SessionVerdict(Retold session, boolean stateWrong, boolean rowsWrong, boolean tailWrong, boolean memoryLacks) {}
