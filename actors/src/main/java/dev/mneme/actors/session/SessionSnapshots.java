package dev.mneme.actors.session;

import dev.mneme.actors.memory.BlockKeys;
import dev.mneme.actors.memory.ChainTip;
import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.persistence.event.SealedBlock;
import dev.mneme.persistence.event.SessionSnapshot;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.store.BlockKey;
import java.util.Optional;
import org.apache.pekko.persistence.typed.SnapshotAdapter;

/** A live session's state as it is written to disk and back. */
final class SessionSnapshots implements SnapshotAdapter<SessionState> {
    private final SessionServices services;

    SessionSnapshots(SessionServices services) {
        this.services = services;
    }

    @Override
    public Object toJournal(SessionState state) {
        if (!(state instanceof Live live)) {
            throw new IllegalStateException("only live sessions have snapshots");
        }
        ChainTip tip = live.tip();
        return new SessionSnapshot(
                live.identity().tenant(),
                live.identity().name(),
                live.identity().sessionId(),
                live.identity().createdAtMillis(),
                live.facts(),
                live.branch(),
                live.position(),
                live.turns(),
                tip.blocks() == 0
                        ? Optional.empty()
                        : Optional.of(new SealedBlock(
                                tip.blocks() - 1, tip.last().high(), tip.last().low())),
                Tokens.of(tip.tail()),
                live.lastTurn(),
                live.lastFinish(),
                live.sequenceNr());
    }

    @Override
    public SessionState fromJournal(Object stored) {
        SessionSnapshot snapshot = (SessionSnapshot) stored;
        ChainTip tip = new ChainTip(
                snapshot.sealed().map(block -> block.block() + 1).orElse(0),
                snapshot.sealed()
                        .map(block -> new BlockKey(block.keyHigh(), block.keyLow()))
                        .orElse(BlockKeys.ORIGIN),
                snapshot.tail().toArray());
        // Edits are found in the index, which knows later ones as well: those come with their events.
        BranchId branch = new BranchId(snapshot.sessionId(), snapshot.branch());
        MemoryTimeline timeline =
                MemoryTimeline.of(snapshot.facts(), services.index().edits(branch, snapshot.sequenceNr()));
        return new Live(
                new SessionIdentity(
                        snapshot.tenant(), snapshot.name(), snapshot.sessionId(), snapshot.createdAtMillis()),
                snapshot.facts(),
                timeline,
                services.tenant().keys(timeline),
                snapshot.branch(),
                tip,
                snapshot.turns(),
                snapshot.lastTurn(),
                snapshot.lastFinish(),
                snapshot.sequenceNr());
    }
}
