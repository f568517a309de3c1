package dev.mneme.actors.session;

/**
 * Who a session is.
 *
 * @param tenant who owns it
 * @param name the name it is opened by
 * @param sessionId its id, unique for good
 * @param createdAtMillis when it was created or forked, in milliseconds since 1970
 */
public record SessionIdentity(String tenant, String name, String sessionId, long createdAtMillis) {}
