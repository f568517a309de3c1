package dev.mneme.actors.verification;

import dev.mneme.actors.session.SessionServices;
import dev.mneme.store.BlockKey;
import java.util.List;

/**
 * What is to be made anew of a tenant.
 *
 * @param services the tenant's stores and index
 * @param wrongBlocks blocks that are not what was written
 * @param strayTails tails of sessions that the journal does not know
 * @param sessions its sessions that are not deleted
 * @param deleted the ids of its deleted sessions
 */
record TenantVerdict(
        SessionServices services,
        List<BlockKey> wrongBlocks,
        List<String> strayTails,
        List<SessionVerdict> sessions,
        List<String> deleted) {}
