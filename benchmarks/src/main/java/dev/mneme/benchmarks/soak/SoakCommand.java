package dev.mneme.benchmarks.soak;

import dev.mneme.MemoryPolicy;
import dev.mneme.Mneme;
import dev.mneme.SessionOpening;
import dev.mneme.app.CommandFailure;
import dev.mneme.app.Console;
import dev.mneme.app.Models;
import dev.mneme.app.RuntimeChoice;
import dev.mneme.app.UsageFailure;
import dev.mneme.models.ModelCatalog;
import dev.mneme.store.StoreOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether a process stays as large as it is while sessions come and go. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Let sessions come and go for a while in one process, and say whether it grew: they say, read,",
            "fork, rewind, are cut off and go on, and are deleted. Every 10 seconds a line says what the",
            "process takes: memory that no file backs (RssAnon), all of it (VmRSS), the heap after its last",
            "collection, open files, leases of blocks. At the end the last third of the time is compared",
            "with the one before; exit code 1 says that something grew. For Linux."
        })
public final class SoakCommand implements Runnable {
    /** Full after a few minutes, so that blocks are dropped to make room all along. */
    private static final StoreOptions STORE = StoreOptions.defaults().withDiskBudgetBytes(2L << 30).withRamBudgetBytes(1L << 30);

    private final Console console;

    @Option(names = "--minutes", paramLabel = "N", description = "How long. Default: ${DEFAULT-VALUE}.")
    private double minutes = 30;

    @Option(names = "--model", paramLabel = "MODEL", description = "Default: ${DEFAULT-VALUE}.")
    private String model = ModelCatalog.DEFAULT_MODEL;

    @Option(names = "--raw", description = "No chat template, for models without one; else half of the sessions have it.")
    private boolean raw;

    @Option(names = "--sessions", paramLabel = "N", description = "How many are at work at a time. Default: ${DEFAULT-VALUE}.")
    private int sessions = 4;

    @Option(names = "--seed", paramLabel = "N", description = "What they do is drawn from it. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    /** With the console that it speaks through. */
    public SoakCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (!(minutes > 0) || sessions < 1) {
            throw new UsageFailure("--minutes has to be more than 0, and --sessions at least 1.");
        }
        new Models(console).obtain(model);
        try {
            Path home = Files.createTempDirectory("mneme-soak");
            try {
                soak(home);
            } finally {
                delete(home);
            }
        } catch (IOException noRoom) {
            throw new UncheckedIOException("The temporary directory cannot be used: " + noRoom.getMessage(), noRoom);
        }
    }

    private void soak(Path home) {
        MeterRegistry meters = new SimpleMeterRegistry();
        Work work = new Work();
        AtomicBoolean over = new AtomicBoolean();
        try (Mneme mneme = Mneme.at(home).runtime(runtime.options()).store(STORE).meters(meters).open()) {
            List<CompletableFuture<Void>> lives = IntStream.range(0, sessions)
                    .mapToObj(number -> new Life("life-" + number, name -> opening(mneme, name), work, seed + number))
                    .map(life -> CompletableFuture.runAsync(() -> life.live(over::get), Thread::startVirtualThread))
                    .toList();
            Watch watch = new Watch(work, meters, console.out());
            try {
                watch.watch(Duration.ofNanos((long) (minutes * 60e9)), () -> lives.stream()
                        .filter(CompletableFuture::isDone)
                        .forEach(CompletableFuture::join));
            } finally {
                over.set(true);
            }
            lives.forEach(CompletableFuture::join);
            Verdict verdict = watch.verdict();
            console.out().print(verdict.text());
            if (!verdict.isSteady()) {
                throw new CommandFailure("The process grew.");
            }
        } catch (CompletionException failed) {
            throw new CommandFailure("A session failed: " + failed.getCause(), failed);
        }
    }

    private SessionOpening opening(Mneme mneme, String name) {
        SessionOpening opening = mneme.session(name)
                .model(model)
                .memory(MemoryPolicy.sparse().kv(runtime.kv()));
        return raw || name.hashCode() % 2 == 0 ? opening.raw() : opening;
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
