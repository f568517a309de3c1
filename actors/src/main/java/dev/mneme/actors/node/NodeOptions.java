package dev.mneme.actors.node;

import dev.mneme.actors.session.SessionServices.SessionLimits;
import dev.mneme.runtime.model.RuntimeOptions;
import dev.mneme.store.StoreOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * What a node is opened with.
 *
 * @param home the directory that everything is kept under
 * @param runtime which backend computes, on how many threads
 * @param store limits of each tenant's block store
 * @param limits limits of each session
 * @param modelIdle how long a model that nobody uses stays loaded
 * @param closeDeadline how long closing waits for turns to stop
 * @param actorSystem the actor system to live in; one of our own if empty
 * @param expected the session that will be wanted first: its model is loaded while the rest opens
 */
public record NodeOptions(
        Path home,
        RuntimeOptions runtime,
        StoreOptions store,
        SessionLimits limits,
        Duration modelIdle,
        Duration closeDeadline,
        Optional<ActorSystem<?>> actorSystem,
        Optional<Expected> expected) {
    /** A session of a tenant, by name. It need not be there. */
    public record Expected(String tenant, String session) {}

    /** Defaults for a home. */
    public static NodeOptions of(Path home) {
        return new NodeOptions(
                home,
                RuntimeOptions.defaults(),
                StoreOptions.defaults(),
                SessionLimits.DEFAULT,
                Duration.ofMinutes(10),
                Duration.ofSeconds(30),
                Optional.empty(),
                Optional.empty());
    }
}
