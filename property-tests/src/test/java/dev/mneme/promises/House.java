package dev.mneme.promises;

import dev.mneme.Finding;
import dev.mneme.Inside;
import dev.mneme.MemoryPolicy;
import dev.mneme.Mneme;
import dev.mneme.Session;
import dev.mneme.actors.memory.BlockKeys;
import dev.mneme.actors.session.SessionServices;
import dev.mneme.models.ModelCatalog;
import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.index.BlockEntry;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionPersistenceId;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.persistence.journal.Serialized;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.model.RuntimeOptions;
import dev.mneme.runtime.numerics.Numerics;
import dev.mneme.store.BlockKey;
import dev.mneme.store.BlockStore;
import dev.mneme.store.StoreOptions;
import dev.mneme.store.StoreUsage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A home in a temporary directory that can be closed and opened again, and whose blocks can be looked at and lost. */
final class House implements AutoCloseable {
    private static final Path TINY = Path.of(
            System.getProperty("mneme.rootDir"), "attention-runtime", "src", "test", "resources", "oracle", "tiny");

    private final Path directory;
    private final int threads;
    private final StoreOptions store;
    private Mneme mneme;

    House() {
        this(1);
    }

    House(int threads) {
        this(threads, StoreOptions.defaults().withArenaBytes(16L << 20));
    }

    /** A house whose blocks are kept within other limits. */
    House(int threads, StoreOptions store) {
        this.threads = threads;
        this.store = store;
        try {
            directory = Files.createTempDirectory("mneme-promises");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        mneme = open();
    }

    private Mneme open() {
        return Mneme.at(directory.resolve("home"))
                .models(ModelCatalog.in(directory.resolve("models")))
                .runtime(new RuntimeOptions(Backend.VECTOR, threads))
                .store(store)
                .open();
    }

    /** As a new process would: everything that is not on disk is gone. */
    void restart() {
        mneme.close();
        mneme = open();
    }

    static String tiny(String model) {
        return TINY.resolve(model + ".gguf").toString();
    }

    Session session(String tenant, String name, String model, MemoryPolicy memory) {
        return mneme.tenant(tenant).session(name).model(model).raw().memory(memory).open();
    }

    /** A new session with the model's chat template. */
    Session chat(String tenant, String name, String model, String system) {
        return mneme.tenant(tenant).session(name).model(model).system(system).open();
    }

    Session session(String tenant, String name) {
        return mneme.tenant(tenant).existing(name);
    }

    /** The checksums of a session's full blocks, in order: equal lists are equal bits. */
    List<List<Long>> checksums(String tenant, String name) {
        return blocks(tenant, name).stream().map(BlockEntry::checksums).toList();
    }

    /** Drops some of a session's blocks from the store, as its budget might: those at {@code which}, counted around. */
    void evict(String tenant, String name, List<Integer> which) {
        List<BlockEntry> blocks = blocks(tenant, name);
        List<BlockKey> dropped = new ArrayList<>();
        for (int index : which) {
            if (!blocks.isEmpty()) {
                BlockEntry block = blocks.get(index % blocks.size());
                for (int group = 0; group < block.checksums().size(); group++) {
                    dropped.add(BlockKeys.ofGroup(new BlockKey(block.keyHigh(), block.keyLow()), group));
                }
            }
        }
        services(tenant).tenant().blocks().remove(dropped).toCompletableFuture().join();
    }

    /** How many of a session's full blocks are there but for what layers with a native window have of them. */
    long trimmed(String tenant, String name) {
        Set<BlockKey> there =
                services(tenant).tenant().blocks().verify().sound().keySet();
        return blocks(tenant, name).stream()
                .map(block -> new BlockKey(block.keyHigh(), block.keyLow()))
                .filter(key -> there.contains(BlockKeys.ofGroup(key, 0)) && !there.contains(BlockKeys.ofGroup(key, 1)))
                .count();
    }

    /** Drops all of a session's blocks, and the rows of its unfinished one. */
    void lose(String tenant, String name) {
        evict(tenant, name, IntStream.range(0, blocks(tenant, name).size()).boxed().toList());
        services(tenant)
                .tenant()
                .tails()
                .delete(Inside.node(mneme).journal().directory(tenant).find(name).orElseThrow());
    }

    /** How full a tenant's block store is, when it has done all that it was to do. */
    StoreUsage usage(String tenant) {
        BlockStore blocks = services(tenant).tenant().blocks();
        blocks.remove(List.of()).toCompletableFuture().join();
        return blocks.usage();
    }

    /** How many events a session's journal has. */
    long events(String tenant, String name) {
        String id = Inside.node(mneme).journal().directory(tenant).find(name).orElseThrow();
        return services(tenant).index().head(id).orElseThrow().sequenceNr();
    }

    /** The tail files of a tenant, name and content. */
    List<String> tails(String tenant) {
        try (Stream<Path> files = Files.walk(directory.resolve("home/tenants").resolve(tenant).resolve("tails"))) {
            List<String> tails = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                tails.add(file.getFileName() + " " + Arrays.hashCode(Files.readAllBytes(file)));
            }
            return tails;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A session with the journal of another one, as a Mneme of an older numerics version would have written it; the session that
     * is copied has events of turns only. None of its blocks are there.
     */
    Session older(String tenant, String original, String name) {
        JournalDatabase journal = Inside.node(mneme).journal();
        String id = journal.directory(tenant).find(original).orElseThrow();
        List<EventRecord> events = new ArrayList<>();
        journal.events().read(new SessionPersistenceId(tenant, id).text(), 1, Long.MAX_VALUE, event -> {
            events.add(new EventRecord(
                    event.sequenceNr(), Serialized.of(older(event.event().sessionEvent().orElseThrow(), name)), "", "older", 1));
            return true;
        });
        journal.append(new SessionPersistenceId(tenant, name).text(), events).join();
        return session(tenant, name);
    }

    private static SessionEvent older(SessionEvent event, String name) {
        return event instanceof SessionCreated(
                        String tenant, String unused, String id, long at, SessionFacts facts, Optional<String> requestId)
                ? new SessionCreated(
                        tenant, name, name, at,
                        new SessionFacts(
                                facts.model(), facts.system(), facts.style(), facts.templateDate(), facts.kvFormat(), facts.policy(),
                                Numerics.VERSION - 1),
                        requestId)
                : event;
    }

    /** Has the index remember other bits of a block than it has. */
    void misremember(String tenant, String name, int block) {
        BlockEntry entry = blocks(tenant, name).stream()
                .filter(known -> known.block() == block)
                .findFirst()
                .orElseThrow();
        services(tenant).index().putBlocks(branch(tenant, name), List.of(new BlockEntry(
                block, entry.keyHigh(), entry.keyLow(), entry.checksums().stream().map(sum -> sum + 1).toList())));
    }

    /** What a verification of everything finds wrong. */
    List<Finding> findings() {
        return mneme.verify().findings();
    }

    private List<BlockEntry> blocks(String tenant, String name) {
        BranchId branch = branch(tenant, name);
        int position = services(tenant).index().head(branch.sessionId()).orElseThrow().position();
        return services(tenant).index().blocks(branch, 0, position / 64);
    }

    private BranchId branch(String tenant, String name) {
        String id = Inside.node(mneme).journal().directory(tenant).find(name).orElseThrow();
        return new BranchId(id, services(tenant).index().head(id).orElseThrow().branch());
    }

    /** Computes again what is lost; what is wrong then. */
    List<Finding> repair() {
        return mneme.repair().findings();
    }

    private SessionServices services(String tenant) {
        return Inside.node(mneme).tenants().services(tenant);
    }

    @Override
    public void close() {
        mneme.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
