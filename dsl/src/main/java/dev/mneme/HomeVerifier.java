package dev.mneme;

import dev.mneme.Finding.Kind;
import dev.mneme.actors.node.MnemeNode;
import dev.mneme.actors.session.SessionServices;
import dev.mneme.persistence.PersistenceException;
import dev.mneme.persistence.home.JournalDamage;
import dev.mneme.persistence.index.SessionEntry;
import dev.mneme.persistence.index.SessionPersistenceId;
import dev.mneme.store.BlockKey;
import dev.mneme.store.StoreReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads everything under a home: each record of the journal, each block and tail, and for each session whether its
 * blocks are the ones that its tokens name. Mending drops what is wrong and can be made again: indexes are rebuilt at
 * once, keys and values when a session next needs them.
 */
final class HomeVerifier {
    private final MnemeNode node;
    private final List<Finding> findings = new ArrayList<>();
    private int sessions;
    private long tokens;
    private long blocks;
    private long blockBytes;

    HomeVerifier(MnemeNode node) {
        this.node = node;
    }

    Verification verify() {
        node.journal().verify().forEach(this::journal);
        for (String tenant : tenants()) {
            SessionServices services = node.tenants().services(tenant);
            StoreReport report = services.tenant().blocks().verify();
            blocks += report.blocks();
            blockBytes += report.bytes();
            report.findings().forEach(finding -> add(Kind.DAMAGE, "tenant " + tenant, finding));
            report.damaged().forEach(block -> add(Kind.DAMAGE, "tenant " + tenant + ", block " + hex(block.key()),
                    block.reason() + "; it is computed again when it is needed"));
            services.tenant().tails().verify().forEach((session, reason) -> add(Kind.DAMAGE,
                    "tenant " + tenant + ", tail of " + session, reason + "; it is computed again at the next turn"));
            sessions(tenant, services);
        }
        return new Verification(sessions, tokens, blocks, blockBytes, findings);
    }

    /** Drops what is damaged and can be made again. */
    void mend() {
        boolean indexDamaged = node.journal().verify().stream()
                .anyMatch(damage -> damage.kind() == JournalDamage.Kind.INDEX);
        if (indexDamaged) {
            node.journal().rebuildIndexes();
        }
        for (String tenant : tenants()) {
            SessionServices services = node.tenants().services(tenant);
            List<BlockKey> damaged = services.tenant().blocks().verify().damaged().stream()
                    .map(StoreReport.DamagedBlock::key)
                    .toList();
            services.tenant().blocks().remove(damaged).toCompletableFuture().join();
            services.tenant().tails().verify().keySet().forEach(services.tenant().tails()::delete);
        }
    }

    private void journal(JournalDamage damage) {
        switch (damage.kind()) {
            case FILE, EVENT -> add(Kind.LOSS, "journal, " + damage.where(),
                    damage.what() + "; restore the home from a backup");
            case SNAPSHOT -> add(Kind.DAMAGE, "snapshot, " + damage.where(),
                    damage.what() + "; the session is recovered from its events instead");
            case INDEX -> add(Kind.DAMAGE, "index, " + damage.where(), damage.what() + "; 'verify --repair' rebuilds it");
        }
    }

    private Set<String> tenants() {
        Set<String> names = new TreeSet<>();
        node.journal().events().persistenceIds(
                id -> SessionPersistenceId.parse(id).ifPresent(session -> names.add(session.tenant())));
        return names;
    }

    private void sessions(String tenant, SessionServices services) {
        List<SessionEntry> entries;
        try {
            entries = node.journal().directory(tenant).list();
        } catch (PersistenceException damaged) {
            add(Kind.DAMAGE, "tenant " + tenant, String.valueOf(damaged.getMessage()));
            return;
        }
        for (SessionEntry entry : entries) {
            sessions++;
            tokens += entry.head().position();
            try {
                new SessionVerifier(services, entry, findings).verify();
            } catch (PersistenceException damaged) {
                add(Kind.DAMAGE, SessionVerifier.where(services, entry), String.valueOf(damaged.getMessage()));
            }
        }
    }

    private void add(Kind kind, String where, String what) {
        findings.add(new Finding(kind, where, what));
    }

    private static String hex(BlockKey key) {
        return "%016x%016x".formatted(key.high(), key.low());
    }
}
