package dev.mneme.persistence.rocksdb;

import dev.mneme.persistence.JournalUnavailableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatchWithIndex;
import org.rocksdb.WriteOptions;

/**
 * The one writer. While a sync runs, changes gather; the next sync takes all of them, so that sixteen sessions that
 * each write a token pay for one sync and not for sixteen.
 */
final class GroupCommit implements AutoCloseable {
    /** Bounds the memory of one batch; the rest waits for the next. */
    private static final int MOST_AT_ONCE = 1_024;

    private final RocksDB db;
    private final Path directory;
    private final BlockingQueue<Waiting<?>> queue = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    GroupCommit(RocksDB db, Path directory) {
        this.db = db;
        this.directory = directory;
        this.thread = Thread.ofPlatform().name("mneme-journal-commit").daemon().unstarted(this::run);
        thread.start();
    }

    <T> CompletableFuture<T> add(Change<T> change) {
        Waiting<T> waiting = new Waiting<>(change);
        queue.add(waiting);
        if (closed && queue.remove(waiting)) {
            waiting.fail(new JournalUnavailableException(directory, "is closed", null));
        }
        return waiting.outcome;
    }

    /** Commits what waits, then ends the thread. */
    @Override
    public void close() {
        closed = true;
        queue.add(new Waiting<>(batch -> batch)); // wakes the thread
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        List<Waiting<?>> late = new ArrayList<>();
        queue.drainTo(late);
        late.forEach(waiting -> waiting.fail(new JournalUnavailableException(directory, "is closed", null)));
    }

    private void run() {
        try (WriteOptions synced = new WriteOptions().setSync(true);
                ReadOptions reading = new ReadOptions()) {
            List<Waiting<?>> group = new ArrayList<>();
            while (!closed || !queue.isEmpty()) {
                group.add(next());
                queue.drainTo(group, MOST_AT_ONCE - 1);
                commit(group, synced, reading);
                group.clear();
            }
        }
    }

    private Waiting<?> next() {
        while (true) {
            try {
                return queue.take();
            } catch (InterruptedException e) {
                // Nobody has a reason to interrupt this thread; it ends when the store is closed.
            }
        }
    }

    private void commit(List<Waiting<?>> group, WriteOptions synced, ReadOptions reading) {
        try (WriteBatchWithIndex changes = new WriteBatchWithIndex(true)) {
            Batch batch = new Batch(db, changes, reading);
            for (Waiting<?> waiting : group) {
                waiting.gather(batch);
            }
            if (changes.count() > 0) {
                SyncEvent sync = new SyncEvent();
                sync.begin();
                db.write(synced, changes);
                sync.synced(group.size());
            }
            group.forEach(Waiting::committed);
        } catch (RocksDBException | RuntimeException e) {
            JournalUnavailableException failure = new JournalUnavailableException(
                    directory, "could not be written (" + e.getMessage() + "); free or repair its disk and open it again", e);
            group.forEach(waiting -> waiting.fail(failure));
        }
    }

    private static final class Waiting<T> {
        private final Change<T> change;
        private final CompletableFuture<T> outcome = new CompletableFuture<>();
        private @Nullable T result;
        private @Nullable RuntimeException refusal;

        Waiting(Change<T> change) {
            this.change = change;
        }

        void gather(Batch batch) throws RocksDBException {
            batch.changes().setSavePoint();
            try {
                result = change.into(batch);
                batch.changes().popSavePoint();
            } catch (RuntimeException e) {
                refusal = e;
                batch.changes().rollbackToSavePoint();
            }
        }

        void committed() {
            if (refusal != null) {
                outcome.completeExceptionally(refusal);
            } else {
                outcome.complete(result);
            }
        }

        void fail(RuntimeException failure) {
            outcome.completeExceptionally(refusal != null ? refusal : failure);
        }
    }
}
