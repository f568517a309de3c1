package dev.mneme.actors.node;

import dev.mneme.actors.session.SessionServices;

/**
 * A session that was opened: the way to its actor, running or not.
 *
 * @param services what its actor works with
 * @param name the name that it is opened by
 * @param sessionId its id
 */
public record SessionHandle(SessionServices services, String name, String sessionId) {
    /** Who owns it. */
    public String tenant() {
        return services.tenant().name();
    }
}
