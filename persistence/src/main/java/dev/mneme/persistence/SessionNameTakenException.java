package dev.mneme.persistence;

/** A session cannot be created or forked under a name that another one has. */
public final class SessionNameTakenException extends JournalException {
    /** {@code name} belongs to another session of {@code tenant}. */
    public SessionNameTakenException(String tenant, String name) {
        super("tenant '" + tenant + "' already has a session named '" + name + "'; choose another name or delete it", null);
    }
}
