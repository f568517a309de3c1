package dev.mneme.actors;

import dev.mneme.actors.engine.DeviceTurns;
import dev.mneme.actors.engine.Engine;
import dev.mneme.actors.memory.ChainTip;
import dev.mneme.actors.memory.MemoryOpening;
import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.actors.memory.OpenedMemory;
import dev.mneme.actors.tenant.Tenant;
import dev.mneme.persistence.event.ModelRef;
import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.persistence.event.SessionStyle;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionPersistenceId;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.persistence.journal.Serialized;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.RuntimeOptions;
import dev.mneme.store.BlockStore;
import dev.mneme.store.StoreOptions;
import dev.mneme.store.TailStore;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** A tenant with a tiny model, and sessions of it that have no actor. */
public final class TinyTenant implements AutoCloseable {
    private static final Path FILE = Path.of(
            System.getProperty("mneme.rootDir"), "attention-runtime/src/test/resources/oracle/tiny/llama.gguf");

    private final LanguageModel model = LanguageModel.open(FILE, new RuntimeOptions(Backend.VECTOR, 1));
    private final JournalDatabase journal;
    private final Tenant tenant;

    /** Keeps all in a directory. */
    public TinyTenant(Path directory, long ramBudgetBytes) {
        StoreOptions limits = StoreOptions.defaults().withArenaBytes(16L << 20).withRamBudgetBytes(ramBudgetBytes);
        journal = JournalDatabase.open(
                directory.resolve("journal"), Path.of(System.getProperty("java.io.tmpdir"), "mneme-test-native"));
        tenant = new Tenant(
                "t",
                new byte[32],
                BlockStore.open(directory, limits, window -> key -> false),
                TailStore.open(directory.resolve("tails")),
                journal.index("t"));
    }

    public LanguageModel model() {
        return model;
    }

    /** An engine of the model; to be closed before the tenant. */
    public Engine engine() {
        return new Engine("tiny", model.newForwardPass(), new DeviceTurns());
    }

    /** Memory of a new session; to be closed before the tenant. */
    public OpenedMemory open(String session) {
        ModelRef ref = new ModelRef("tiny", "ab".repeat(32), "");
        SessionFacts facts =
                new SessionFacts(ref, Optional.empty(), SessionStyle.RAW, LocalDate.of(2026, 3, 1), "F16", "dense", 1);
        SessionCreated created = new SessionCreated("t", session, session, 0, facts, Optional.empty());
        journal.append(
                        new SessionPersistenceId("t", session).text(),
                        List.of(new EventRecord(1, Serialized.of(created), "", "test", 1)))
                .join();
        MemoryTimeline timeline = MemoryTimeline.of(facts, List.of());
        return new MemoryOpening(
                        session,
                        tenant.space(model),
                        new BranchId(session, 1),
                        timeline,
                        tenant.keys(timeline),
                        ChainTip.EMPTY,
                        model.spec().contextLength())
                .open(0, false);
    }

    /** Waits until the block store has done all that it was to do. */
    public void settle() {
        tenant.blocks().remove(List.of()).toCompletableFuture().join();
    }

    @Override
    public void close() {
        tenant.close();
        journal.close();
        model.close();
    }
}
