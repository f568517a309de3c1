package dev.mneme.persistence.index;

import java.util.Optional;

/**
 * The persistence id of a session: its tenant is part of it.
 *
 * @param tenant who owns the session
 * @param sessionId the session
 */
public record SessionPersistenceId(String tenant, String sessionId) {
    private static final String PREFIX = "session|";

    public SessionPersistenceId {
        if (tenant.isEmpty() || sessionId.isEmpty() || tenant.indexOf('|') >= 0 || sessionId.indexOf('|') >= 0) {
            throw new IllegalArgumentException(
                    "a tenant and a session id are not empty and have no '|': '" + tenant + "', '" + sessionId + "'");
        }
    }

    /** What the session's events are journaled under, such as {@code session|acme|0198…}. */
    public String text() {
        return PREFIX + tenant + "|" + sessionId;
    }

    /** The session that {@code persistenceId} stands for, if it stands for one. */
    public static Optional<SessionPersistenceId> parse(String persistenceId) {
        int bar = persistenceId.indexOf('|', PREFIX.length());
        if (!persistenceId.startsWith(PREFIX)
                || bar <= PREFIX.length()
                || bar == persistenceId.length() - 1
                || persistenceId.indexOf('|', bar + 1) >= 0) {
            return Optional.empty();
        }
        return Optional.of(
                new SessionPersistenceId(persistenceId.substring(PREFIX.length(), bar), persistenceId.substring(bar + 1)));
    }
}
