package dev.mneme.persistence.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.persistence.Directories;
import dev.mneme.persistence.JournalUnavailableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommitTest {
    private static final Key KEY = Key.in(Space.META).text("key");

    @TempDir
    Path directory;

    @Test
    void changesThatWaitTogetherShareOneBatchAndSeeEachOther() throws Exception {
        try (RecordStore store = RecordStore.open(directory, Directories.NATIVE_CACHE)) {
            CountDownLatch hold = new CountDownLatch(1);
            List<Batch> batches = new ArrayList<>();
            CompletableFuture<?> first = store.commit(batch -> await(hold));
            List<CompletableFuture<Integer>> waiting = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                waiting.add(store.commit(batch -> {
                    batches.add(batch);
                    return count(batch);
                }));
            }
            hold.countDown();
            first.join();

            for (int i = 0; i < 100; i++) {
                assertThat(waiting.get(i).join()).isEqualTo(i);
            }
            assertThat(batches).hasSize(100);
            assertThat(batches.stream().distinct()).hasSizeLessThanOrEqualTo(2);
            assertThat(store.get(KEY).orElseThrow().body()).isEqualTo(new byte[] {100});
        }
    }

    @Test
    void aChangeThatThrowsLeavesNothingAndHarmsNoOther() throws Exception {
        try (RecordStore store = RecordStore.open(directory, Directories.NATIVE_CACHE)) {
            CountDownLatch hold = new CountDownLatch(1);
            CompletableFuture<?> first = store.commit(batch -> await(hold));
            CompletableFuture<Integer> before = store.commit(GroupCommitTest::count);
            CompletableFuture<Integer> bad = store.commit(batch -> {
                count(batch);
                batch.put(Key.in(Space.META).text("other"), new byte[0]);
                throw new IllegalStateException("no");
            });
            CompletableFuture<Integer> after = store.commit(GroupCommitTest::count);
            hold.countDown();
            first.join();

            assertThat(before.join()).isZero();
            assertThatThrownBy(bad::join).hasCauseInstanceOf(IllegalStateException.class);
            assertThat(after.join()).isEqualTo(1);
            assertThat(store.get(Key.in(Space.META).text("other"))).isEmpty();
        }
    }

    @Test
    void whatWaitsWhenTheStoreClosesIsWrittenAndWhatComesLaterIsRefused() throws Exception {
        RecordStore store = RecordStore.open(directory, Directories.NATIVE_CACHE);
        List<CompletableFuture<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(store.commit(GroupCommitTest::count));
        }
        store.close();
        store.close();

        assertThat(waiting).allSatisfy(change -> assertThat(change).isCompleted());
        assertThatThrownBy(() -> store.commit(GroupCommitTest::count).join())
                .hasCauseInstanceOf(JournalUnavailableException.class);
        assertThatThrownBy(() -> store.get(KEY)).isInstanceOf(JournalUnavailableException.class);
        try (RecordStore again = RecordStore.open(directory, Directories.NATIVE_CACHE)) {
            assertThat(again.get(KEY).orElseThrow().body()).isEqualTo(new byte[] {50});
        }
    }

    private static int count(Batch batch) {
        try {
            byte[] before = batch.get(KEY);
            int count = before == null ? 0 : before[0];
            batch.put(KEY, new byte[] {(byte) (count + 1)});
            return count;
        } catch (BrokenRecordException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
