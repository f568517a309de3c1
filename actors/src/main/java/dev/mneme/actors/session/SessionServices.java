package dev.mneme.actors.session;

import dev.mneme.actors.memory.MemoryOpening;
import dev.mneme.actors.model.LoadedModel;
import dev.mneme.actors.model.ModelPool;
import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.actors.tenant.Tenant;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.persistence.pekko.JournalPlugins;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * What every session actor of a tenant works with.
 *
 * @param tenant whose sessions they are
 * @param models the process's models
 * @param journal the plugins that persist their events
 * @param index where each session's tokens, turns and blocks are noted
 * @param blocking runs what may block; never a dispatcher's thread
 * @param limits how much may wait
 */
public record SessionServices(
        Tenant tenant,
        ModelPool models,
        JournalPlugins journal,
        SessionIndex index,
        Executor blocking,
        SessionLimits limits) {
    /** Takes a session's model for use. Blocks. */
    LoadedModel model(Live live) {
        return models.acquire(live.facts().model().name(), live.facts().model().sha256());
    }

    /** How a session's memory is opened for its model. */
    MemoryOpening opening(Live live, LoadedModel model) {
        return new MemoryOpening(
                live.identity().name(),
                tenant.space(model.language()),
                SessionEvolution.branchOf(live),
                live.timeline(),
                live.keys(),
                live.tip(),
                model.window());
    }

    /**
     * How much a session lets wait before it refuses or pauses.
     *
     * @param waitingTurns turns that may wait behind the one that runs
     * @param unreadTokens sampled tokens that may be unread before the session pauses
     * @param idle how long an actor that nobody needs stays in memory
     */
    public record SessionLimits(int waitingTurns, int unreadTokens, Duration idle) {
        /** Limits for services that talk to people. */
        public static final SessionLimits DEFAULT = new SessionLimits(8, 256, Duration.ofMinutes(2));
    }
}
