package dev.mneme.actors.verification;

import dev.mneme.actors.engine.AwaitedOutcome;
import dev.mneme.actors.engine.TurnWork;
import dev.mneme.actors.engine.WorkOutcome;
import dev.mneme.actors.memory.BlockKeys;
import dev.mneme.actors.memory.ChainTip;
import dev.mneme.actors.memory.MemoryOpening;
import dev.mneme.actors.memory.OpenedMemory;
import dev.mneme.actors.model.LoadedModel;
import dev.mneme.actors.session.SessionServices;
import dev.mneme.persistence.event.ModelRef;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.index.BlockEntry;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.store.BlockKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes anew what can be made from the journal: indexes, snapshots, blocks, tails. What the journal itself lost stays
 * lost. No session may be at work meanwhile.
 */
public final class HomeRepair {
    private static final Logger LOG = LoggerFactory.getLogger(HomeRepair.class);

    private final JournalDatabase journal;
    private final Supplier<HomeVerification> verification;

    /**
     * Prepares the repair.
     *
     * @param journal the home's journal
     * @param verification reads the home, before and after
     */
    public HomeRepair(JournalDatabase journal, Supplier<HomeVerification> verification) {
        this.journal = journal;
        this.verification = verification;
    }

    /** Repairs, and says what is still not as it should be. Blocks; as long as computing what is missing takes. */
    public HomeReport run() {
        HomeVerification before = verification.get();
        HomeReport report = before.run();
        if (!report.findings().isEmpty()) {
            journal.rebuildIndexes();
            before.verdicts().forEach(this::repair);
            report = verification.get().run();
        }
        return report;
    }

    private void repair(TenantVerdict tenant) {
        SessionServices services = tenant.services();
        tenant.strayTails().forEach(services.tenant().tails()::delete);
        services.tenant().blocks().remove(tenant.wrongBlocks()).toCompletableFuture().join();
        tenant.sessions().forEach(session -> repair(services, session));
        services.tenant().blocks().lossesMended();
        for (String deleted : tenant.deleted()) {
            journal.reclaim(services.tenant().name(), deleted, services.tenant().tails()::delete);
        }
    }

    private void repair(SessionServices services, SessionVerdict verdict) {
        Retold session = verdict.session();
        if (verdict.stateWrong()) {
            journal.snapshots().forget(session.id().text());
        }
        if (verdict.rowsWrong()) {
            services.index().forgetBlocks(session.id().sessionId());
        }
        if (verdict.tailWrong()) {
            services.tenant().tails().delete(session.id().sessionId());
        }
        if (verdict.rowsWrong() || verdict.memoryLacks()) {
            try {
                computeAgain(services, verdict);
            } catch (RuntimeException e) {
                // Its model may not be here. Nothing is lost: the next turn computes what is missing.
                LOG.warn("the memory of session '{}' could not be computed again", session.name(), e);
            }
        }
    }

    private static void computeAgain(SessionServices services, SessionVerdict verdict) {
        Retold session = verdict.session();
        ModelRef ref = session.facts().model();
        LoadedModel model = services.models().acquire(ref.name(), ref.sha256());
        try {
            Line line = session.line();
            BlockKeys keys = services.tenant().keys(line.timeline());
            ChainTip tip = ChainTip.EMPTY.append(keys, line.first(session.computed()));
            var space = services.tenant().space(model.language());
            OpenedMemory opened = new MemoryOpening(
                            session.name(), space, line.branch(), line.timeline(), keys, tip, model.window())
                    .openWhole();
            AwaitedOutcome sink = new AwaitedOutcome();
            model.engine().submit(new TurnWork(session.name(), opened, Optional.empty(), sink, 1));
            WorkOutcome outcome = sink.await();
            opened.memory().rest();
            if (outcome.failure() != null) {
                throw new IllegalStateException(outcome.failure());
            }
            if (verdict.rowsWrong()) {
                note(services, line, space.groups());
            }
        } finally {
            model.release();
        }
    }

    /** Notes blocks that were there all the time, and that the index was made to forget. */
    private static void note(SessionServices services, Line line, int groups) {
        SessionIndex index = services.index();
        Map<BlockKey, Long> stored = services.tenant().blocks().verify().sound();
        List<BlockKey> chain = line.chain(services.tenant(), line.size());
        List<BlockEntry> rows = new ArrayList<>();
        for (int block = 0; block < chain.size(); block++) {
            BlockKey key = chain.get(block);
            // Of native windows there is what was not trimmed.
            List<Long> checksums = IntStream.range(0, groups)
                    .mapToObj(group -> stored.get(BlockKeys.ofGroup(key, group)))
                    .takeWhile(Objects::nonNull)
                    .toList();
            if (!checksums.isEmpty() && index.block(line.branch(), block).isEmpty()) {
                rows.add(new BlockEntry(block, key.high(), key.low(), checksums));
            }
        }
        index.putBlocks(line.branch(), rows);
    }
}
