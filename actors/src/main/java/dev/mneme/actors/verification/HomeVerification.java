package dev.mneme.actors.verification;

import dev.mneme.actors.session.SessionServices;
import dev.mneme.persistence.PersistenceException;
import dev.mneme.persistence.home.JournalDamage;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.index.SessionPersistenceId;
import dev.mneme.store.BlockKey;
import dev.mneme.store.StoreReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Reads all of a home: the journal record by record, each tenant's blocks and tails, and each session as its events tell
 * it. Sessions at work meanwhile may look unfinished.
 */
public final class HomeVerification {
    private static final int LOOKS = 5;

    private final JournalDatabase journal;
    private final Function<String, SessionServices> tenants;
    private final Set<String> folders;
    private final Findings findings = new Findings();
    private final List<TenantVerdict> verdicts = new ArrayList<>();
    private int sessions;
    private long tokens;
    private int blocks;
    private long blockBytes;
    private int tails;

    /**
     * Prepares the reading.
     *
     * @param journal the home's journal
     * @param folders the tenants that have a folder; others are named in the journal
     * @param tenants opens a tenant
     */
    public HomeVerification(
            JournalDatabase journal, Set<String> folders, Function<String, SessionServices> tenants) {
        this.journal = journal;
        this.folders = folders;
        this.tenants = tenants;
    }

    /** Reads everything. Blocks; once. */
    public HomeReport run() {
        for (JournalDamage damage : journal.verify()) {
            findings.about("", "");
            switch (damage.kind()) {
                case EVENT -> findings.loss(damage.where(), damage.what());
                case FILE, SNAPSHOT, INDEX -> findings.damage(damage.where(), damage.what());
            }
        }
        TreeMap<String, List<SessionPersistenceId>> byTenant = new TreeMap<>();
        folders.forEach(tenant -> byTenant.put(tenant, new ArrayList<>()));
        try {
            journal.events().persistenceIds(id -> SessionPersistenceId.parse(id)
                    .ifPresent(session -> byTenant.computeIfAbsent(session.tenant(), name -> new ArrayList<>())
                            .add(session)));
        } catch (PersistenceException e) {
            findings.about("", "");
            findings.loss("journal", "its sessions cannot be listed: " + e.getMessage());
        }
        byTenant.forEach(this::tenant);
        return new HomeReport(sessions, tokens, blocks, blockBytes, tails, findings.all());
    }

    /** What is to be made anew; after {@link #run}. */
    List<TenantVerdict> verdicts() {
        return verdicts;
    }

    private void tenant(String tenant, List<SessionPersistenceId> ids) {
        SessionServices services = tenants.apply(tenant);
        StoreReport report = services.tenant().blocks().verify();
        blocks += report.blocks();
        blockBytes += report.bytes();
        findings.about(tenant, "");
        report.findings().forEach(finding -> findings.damage("arena", finding));
        StoredBlocks stored = new StoredBlocks(report);
        List<SessionVerdict> live = new ArrayList<>();
        List<Retold> deleted = new ArrayList<>();
        Set<String> parents = new HashSet<>();
        for (SessionPersistenceId id : ids) {
            Optional<Retold> told = retold(tenant, id);
            told.flatMap(Retold::parent).ifPresent(parents::add);
            told.filter(Retold::deleted).ifPresent(deleted::add);
            told.filter(session -> !session.deleted())
                    .map(session -> check(services, stored, session))
                    .ifPresent(live::add);
        }
        sessions += live.size();
        tokens += live.stream().mapToLong(session -> session.session().line().size()).sum();
        List<String> strayTails = strayTails(tenant, services, ids);
        findings.about(tenant, "");
        stored.unnamed().forEach((key, reason) -> findings.damage("block " + key, reason));
        for (Retold session : deleted) {
            if (!parents.contains(session.id().sessionId())) {
                findings.about(tenant, session.name());
                findings.leftover("session " + session.id().sessionId(), "it is deleted and still takes space");
            }
        }
        List<BlockKey> wrongBlocks = stored.damaged();
        List<String> gone = deleted.stream().map(session -> session.id().sessionId()).toList();
        verdicts.add(new TenantVerdict(services, wrongBlocks, strayTails, live, gone));
    }

    /** A session at work grows between two looks at it: it is looked at again. */
    private SessionVerdict check(SessionServices services, StoredBlocks stored, Retold session) {
        int mark = findings.mark();
        Retold looked = session;
        SessionVerdict verdict = new SessionCheck(journal, services, stored, findings, looked).run();
        for (int look = 0; look < LOOKS && hasGrown(looked); look++) {
            findings.backTo(mark);
            looked = Retold.upTo(journal.events(), session.id(), Long.MAX_VALUE);
            verdict = new SessionCheck(journal, services, stored, findings, looked).run();
        }
        if (hasGrown(looked)) {
            findings.backTo(mark);
            findings.leftover("session", "it is at work and could not be compared; verify again when it rests");
        }
        return verdict;
    }

    private boolean hasGrown(Retold session) {
        return journal.events().highestSequenceNr(session.id().text()) != session.sequenceNr();
    }

    private Optional<Retold> retold(String tenant, SessionPersistenceId id) {
        try {
            Retold session = Retold.upTo(journal.events(), id, Long.MAX_VALUE);
            findings.about(tenant, session.name());
            return Optional.of(session);
        } catch (PersistenceException | Retold.BrokenStory e) {
            findings.about(tenant, id.sessionId());
            findings.loss("journal", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private List<String> strayTails(String tenant, SessionServices services, List<SessionPersistenceId> ids) {
        List<String> stray = new ArrayList<>(services.tenant().tails().sessions());
        tails += stray.size();
        ids.forEach(id -> stray.remove(id.sessionId()));
        for (String session : stray) {
            findings.about(tenant, session);
            findings.loss("tail", "the journal has no such session: it was cut");
        }
        return stray;
    }
}
