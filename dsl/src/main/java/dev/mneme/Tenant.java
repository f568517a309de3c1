package dev.mneme;

import dev.mneme.actors.node.OpenRequest;
import dev.mneme.actors.node.SessionHandle;
import dev.mneme.actors.node.Sessions;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Who owns sessions. Nothing is shared across tenants but the device that computes. Thread-safe. */
public final class Tenant {
    private final Mneme mneme;
    private final String name;
    private final Sessions sessions;

    Tenant(Mneme mneme, String name) {
        this.mneme = mneme;
        this.name = name;
        this.sessions = new Sessions(mneme.node(), name);
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Names a session, to be opened or created. */
    public SessionOpening session(String session) {
        return new SessionOpening(this, session);
    }

    /**
     * A session that exists.
     *
     * @throws dev.mneme.errors.SessionNotFound if none has this name
     */
    public Session existing(String session) {
        return opened(() -> sessions.find(session));
    }

    /** Deletes the session of this name; a repeat of the request does nothing, whoever has the name by then. */
    public void delete(String session, String requestId) {
        sessions.delete(session, requestId);
    }

    /** All its sessions, by name. */
    public List<SessionInfo> list() {
        return sessions.list().stream().map(SessionInfo::of).toList();
    }

    Session open(String session, OpenRequest request) {
        return opened(() -> sessions.open(session, request, mneme.defaultModel()));
    }

    Session opened(Supplier<SessionHandle> opening) {
        long start = System.nanoTime();
        SessionHandle handle = opening.get();
        var described = sessions.describe(handle);
        return new Session(mneme, this, handle, described, Duration.ofNanos(System.nanoTime() - start));
    }

    Sessions sessions() {
        return sessions;
    }
}
