package dev.mneme.actors.memory;

import dev.mneme.persistence.PersistenceException;
import dev.mneme.persistence.SessionGoneException;
import dev.mneme.persistence.index.BlockEntry;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.ParentLink;
import dev.mneme.persistence.index.SessionDirectory;
import dev.mneme.persistence.index.SessionHead;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.store.BlockKey;
import dev.mneme.store.LastWindows;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the layers with a native window see of each session where it ends, so that none has to compute that again before
 * it goes on. Read from the index when it is asked for: nothing that is kept has to be kept right. What a turn reads
 * beyond that is leased by it. Thread-safe.
 */
public final class SessionWindows implements LastWindows {
    private static final Logger LOG = LoggerFactory.getLogger(SessionWindows.class);
    private static final int BLOCK = KvLayout.BLOCK;

    private final SessionDirectory directory;
    private final SessionIndex index;

    /** The windows of a tenant's sessions. */
    public SessionWindows(SessionDirectory directory, SessionIndex index) {
        this.directory = directory;
        this.index = index;
    }

    @Override
    public Predicate<BlockKey> of(int window) {
        Set<BlockKey> keys = new HashSet<>();
        try {
            for (String id : directory.sessionIds()) {
                Optional<SessionHead> head = index.head(id).filter(known -> !known.deleted());
                head.ifPresent(known -> addLastWindow(new BranchId(id, known.branch()), known.position(), window, keys));
            }
            return keys::contains;
        } catch (PersistenceException e) {
            LOG.warn("nothing of native windows is trimmed, since the index cannot be read: {}", e.getMessage());
            return any -> true;
        }
    }

    private void addLastWindow(BranchId branch, int position, int window, Set<BlockKey> keys) {
        try {
            int last = position / BLOCK;
            int sealed = sealed(branch, last);
            // The last token may be computed again for its logits; after a kill it may be the tokens after the last block.
            int next = Math.max(0, Math.min(position - 1, sealed * BLOCK));
            add(branch, AttentionPlan.firstBlock(next, window), sealed, keys);
            // A session that left its parent inside a block takes that one's first rows.
            Optional<ParentLink> link = index.parent(branch);
            while (link.isPresent() && link.get().position() > last * BLOCK) {
                add(link.get().parent(), last, last + 1, keys);
                link = index.parent(link.get().parent());
            }
        } catch (SessionGoneException deletedMeanwhile) {
            LOG.debug("session {} went", branch.sessionId());
        }
    }

    /** How many blocks were sealed, one after the other, of a line with so many full ones: a turn is in the journal first. */
    private int sealed(BranchId branch, int full) {
        if (isSealed(branch, full)) {
            return full;
        }
        int sealed = 0;
        int tooMany = full;
        while (tooMany - sealed > 1) {
            int middle = (sealed + tooMany) / 2;
            if (isSealed(branch, middle)) {
                sealed = middle;
            } else {
                tooMany = middle;
            }
        }
        return sealed;
    }

    private boolean isSealed(BranchId branch, int blocks) {
        return blocks == 0 || index.block(branch, blocks - 1).isPresent();
    }

    private void add(BranchId branch, int from, int to, Set<BlockKey> keys) {
        for (BlockEntry entry : index.blocks(branch, from, to)) {
            for (int group = 1; group < entry.checksums().size(); group++) {
                keys.add(BlockKeys.ofGroup(new BlockKey(entry.keyHigh(), entry.keyLow()), group));
            }
        }
    }
}
