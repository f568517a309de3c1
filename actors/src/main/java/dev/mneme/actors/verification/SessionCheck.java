package dev.mneme.actors.verification;

import dev.mneme.actors.memory.BlockKeys;
import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.actors.session.SessionServices;
import dev.mneme.actors.tenant.Tenant;
import dev.mneme.persistence.PersistenceException;
import dev.mneme.persistence.event.SessionSnapshot;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.index.BlockEntry;
import dev.mneme.persistence.index.SessionHead;
import dev.mneme.persistence.journal.SnapshotRecord;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.store.BlockKey;
import dev.mneme.store.Tail;
import dev.mneme.store.TailResult;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares one session with what its journal tells: its snapshot, its index rows, its blocks and its tail. */
final class SessionCheck {
    private static final int BLOCK = KvLayout.BLOCK;

    private final JournalDatabase journal;
    private final SessionServices services;
    private final StoredBlocks stored;
    private final Findings findings;
    private final Retold session;
    private final Tenant tenant;
    private boolean stateWrong;
    private boolean rowsWrong;
    private boolean tailWrong;
    private boolean memoryLacks;

    SessionCheck(
            JournalDatabase journal, SessionServices services, StoredBlocks stored, Findings findings, Retold session) {
        this.journal = journal;
        this.services = services;
        this.stored = stored;
        this.findings = findings;
        this.session = session;
        this.tenant = services.tenant();
    }

    SessionVerdict run() {
        state();
        index();
        session.lines().forEach(this::rows);
        blocks();
        tail();
        if (session.turnOpen()) {
            findings.leftover(
                    "turn " + session.turns(), "it was begun and not ended; going on with it, or saying more, ends it");
        }
        return new SessionVerdict(session, stateWrong, rowsWrong, tailWrong, memoryLacks);
    }

    private void state() {
        try {
            journal.snapshots()
                    .latest(session.id().text(), Long.MAX_VALUE, any -> true)
                    .map(SnapshotRecord::snapshot)
                    .flatMap(snapshot -> snapshot.sessionSnapshot())
                    .ifPresent(this::state);
        } catch (PersistenceException e) {
            stateWrong = true;
            findings.damage("snapshot", "it cannot be read: " + e.getMessage());
        }
    }

    private void state(SessionSnapshot snapshot) {
        String where = "snapshot at event " + snapshot.sequenceNr();
        if (snapshot.sequenceNr() > session.sequenceNr()) {
            stateWrong = true;
            findings.loss(where, "the journal ends at event " + session.sequenceNr() + ": it was cut");
            return;
        }
        Retold then = snapshot.sequenceNr() == session.sequenceNr()
                ? session
                : Retold.upTo(journal.events(), session.id(), snapshot.sequenceNr());
        Line line = then.line();
        List<BlockKey> chain = line.chain(tenant, snapshot.position());
        Optional<BlockKey> last = snapshot.sealed().map(block -> new BlockKey(block.keyHigh(), block.keyLow()));
        boolean same = snapshot.branch() == line.branch().branch()
                && snapshot.position() == line.size()
                && snapshot.turns() == then.turns()
                && last.equals(chain.isEmpty() ? Optional.empty() : Optional.of(chain.getLast()))
                && line.holds(chain.size() * BLOCK, snapshot.tail().toArray());
        if (!same) {
            stateWrong = true;
            findings.damage(where, "it is not what the events before it tell");
        }
    }

    private void index() {
        try {
            Line line = session.line();
            SessionHead told = new SessionHead(
                    line.branch().branch(),
                    line.size(),
                    session.turns(),
                    session.turnOpen(),
                    session.sequenceNr(),
                    session.deleted());
            String id = session.id().sessionId();
            if (!services.index().head(id).equals(Optional.of(told))) {
                findings.damage("index", "it does not say of the session what the journal tells");
            } else if (!Arrays.equals(services.index().tokens(line.branch(), 0, line.size()), line.first(line.size()))) {
                findings.damage("index", "it leads to other tokens than the journal has");
            } else if (!line.timeline().equals(MemoryTimeline.of(
                    session.facts(), services.index().edits(line.branch(), Long.MAX_VALUE)))) {
                findings.damage("index", "it has other memory edits than the journal");
            } else if (services.index().turns(line.branch()).size() != session.turns()) {
                findings.damage("index", "it has other turns than the journal");
            } else if (!journal.directory(session.id().tenant()).find(session.name()).equals(Optional.of(id))) {
                findings.damage("index", "the session's name does not lead to it");
            }
        } catch (PersistenceException | IndexOutOfBoundsException e) {
            findings.damage("index", "it cannot be read: " + e.getMessage());
        }
    }

    /** What the index says of a branch's blocks. */
    private void rows(Line line) {
        List<BlockKey> chain = line.chain(tenant, line.size());
        for (BlockEntry row : entries(line)) {
            String where = "block " + row.block();
            if (row.block() >= chain.size()) {
                rowsWrong = true;
                findings.loss(where, "it was sealed, and the journal ends before its end: the journal was cut");
            } else if (!chain.get(row.block()).equals(new BlockKey(row.keyHigh(), row.keyLow()))) {
                rowsWrong = true;
                findings.damage(where, "the index has another key for it than its tokens give");
            } else {
                compare(where, chain.get(row.block()), row.checksums());
            }
        }
    }

    private void compare(String where, BlockKey key, List<Long> checksums) {
        for (int group = 0; group < checksums.size(); group++) {
            BlockKey part = BlockKeys.ofGroup(key, group);
            Long found = stored.checksum(part);
            if (found != null && !found.equals(checksums.get(group))) {
                rowsWrong = true;
                stored.distrust(part);
                findings.damage(where, "it has another checksum than when it was sealed");
            }
        }
    }

    private List<BlockEntry> entries(Line line) {
        try {
            return services.index().blocks(line.branch(), 0, Integer.MAX_VALUE / BLOCK);
        } catch (PersistenceException e) {
            rowsWrong = true;
            findings.damage("index", "what it says of blocks cannot be read: " + e.getMessage());
            return List.of();
        }
    }

    /** Groups other than the first are native windows, which are trimmed: that something of them is not there is no finding. */
    private void blocks() {
        Map<Integer, Integer> groups = new HashMap<>();
        entries(session.line()).forEach(row -> groups.put(row.block(), row.checksums().size()));
        List<BlockKey> chain = session.line().chain(tenant, session.computed());
        List<Integer> missing = new ArrayList<>();
        for (int block = 0; block < chain.size(); block++) {
            for (int group = 0; group < groups.getOrDefault(block, 1); group++) {
                BlockKey part = BlockKeys.ofGroup(chain.get(block), group);
                if (stored.isDamaged(part)) {
                    memoryLacks = true;
                    findings.damage("block " + block, stored.flaw(part) + "; it is computed again when it is read");
                } else if (group == 0 && stored.checksum(part) == null) {
                    missing.add(block);
                }
            }
        }
        if (!missing.isEmpty()) {
            memoryLacks = true;
            findings.leftover("blocks " + ranges(missing), "not there; the next turn computes them again");
        }
    }

    private void tail() {
        String id = session.id().sessionId();
        int from = session.computed() / BLOCK * BLOCK;
        int rows = 0;
        try (Arena arena = Arena.ofConfined()) {
            switch (services.tenant().tails().read(id, arena)) {
                case TailResult.Missing() -> {}
                case TailResult.Damaged(String reason) -> {
                    tailWrong = true;
                    memoryLacks = true;
                    findings.damage("tail", reason + "; the next turn computes it again");
                    return;
                }
                case TailResult.Found(Tail tail) -> {
                    if (session.lines().stream().noneMatch(line -> isOf(line, tail))) {
                        tailWrong = true;
                        memoryLacks = true;
                        findings.loss("tail", "it holds tokens up to %d that the journal does not have: the journal was cut"
                                .formatted(tail.firstPosition() + tail.ids().length));
                        return;
                    }
                    if (tail.firstPosition() == from && session.line().holds(from, tail.ids())) {
                        rows = tail.ids().length;
                    }
                }
            }
        }
        int lacking = session.computed() - from - rows;
        if (lacking > 0 && session.line().wentOn()) {
            memoryLacks = true;
            findings.leftover("tail", "its last " + lacking + " tokens are not kept; the next turn computes them again");
        }
    }

    private boolean isOf(Line line, Tail tail) {
        if (!line.holds(tail.firstPosition(), tail.ids())) {
            return false;
        }
        List<BlockKey> before = line.chain(tenant, tail.firstPosition());
        BlockKey previous = before.isEmpty() ? BlockKeys.ORIGIN : before.getLast();
        int end = tail.firstPosition() + tail.ids().length;
        return tail.previous().equals(tenant.keys(line.timeline()).rows(tail.firstPosition() / BLOCK, previous, end));
    }

    private static String ranges(List<Integer> blocks) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < blocks.size(); ) {
            int end = i;
            while (end + 1 < blocks.size() && blocks.get(end + 1) == blocks.get(end) + 1) {
                end++;
            }
            text.append(i == 0 ? "" : ", ").append(blocks.get(i));
            if (end > i) {
                text.append('–').append(blocks.get(end));
            }
            i = end + 1;
        }
        return text.toString();
    }
}
