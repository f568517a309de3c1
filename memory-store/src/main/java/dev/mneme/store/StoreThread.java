package dev.mneme.store;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** The one thread of a store that puts, removes and evicts, a daemon. What it is given it does in that order. */
final class StoreThread {
    private final Path directory;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("mneme-store-", 0).factory());
    /** Only the thread itself looks. */
    private boolean closed;

    /** @param directory named in errors */
    StoreThread(Path directory) {
        this.directory = directory;
    }

    /** Does {@code work}; fails with what that throws, or with {@link StoreException.Closed}. */
    <T> CompletableFuture<T> run(Supplier<T> work) {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        try {
            thread.execute(() -> {
                try {
                    if (closed) {
                        throw new StoreException.Closed(directory);
                    }
                    outcome.complete(work.get());
                } catch (Throwable e) {
                    outcome.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException _) {
            outcome.completeExceptionally(new StoreException.Closed(directory));
        }
        return outcome;
    }

    /** Does {@code last} when all that waits is done, waits for it, and does nothing after it. */
    void close(Runnable last) {
        run(() -> {
                    closed = true;
                    last.run();
                    return directory;
                })
                .join();
        thread.shutdown();
    }
}
