package dev.mneme.actors.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.actors.TinyTenant;
import dev.mneme.actors.memory.ComputeSpan;
import dev.mneme.actors.memory.Detour;
import dev.mneme.actors.memory.OpenedMemory;
import dev.mneme.actors.memory.StepMemory;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.GenerationOptions;
import dev.mneme.runtime.kv.KvArrays;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session each of whose steps waits for the disk, in company and alone. */
@Timeout(60)
class ColdSessionTest {
    private static final int STEPS = 30;
    private static final int STEP_TOKENS = 5;
    private static final long WAIT_MILLIS = 50;

    @TempDir
    private Path directory;

    private TinyTenant tenant;
    private Engine engine;
    private OpenedMemory coldMemory;
    private OpenedMemory warmMemory;
    private SlowMemory slow;

    @BeforeEach
    void open() {
        tenant = new TinyTenant(directory, Long.MAX_VALUE);
        engine = tenant.engine();
        coldMemory = tenant.open("cold");
        warmMemory = tenant.open("warm");
        slow = new SlowMemory(tenant.model().kvLayout(KvFormat.F16));
    }

    @AfterEach
    void close() {
        engine.close();
        coldMemory.memory().close();
        warmMemory.memory().close();
        slow.blocks.close();
        tenant.close();
    }

    @Test
    void theOthersTakeOnAverageNoLongerThanTheyMayAndItGoesOn() throws Exception {
        Watch warm = new Watch();
        engine.submit(warm(warm));
        warm.began.get();
        Watch cold = new Watch();
        engine.submit(cold(cold));

        assertThat(warm.finished.get().cost().generated()).isGreaterThan(200);
        assertThat(cold.finished.get().finish()).isEqualTo(FinishReason.INGESTED);
        long computed = warm.lastNanos - warm.firstNanos - warm.waited;
        long owed = 2 * slow.longest;
        assertThat(warm.waited).isBetween(TimeUnit.MILLISECONDS.toNanos(2 * WAIT_MILLIS), computed / ColdReads.REPAID + owed);
    }

    @Test
    void aloneItIsNotLeftOut() throws Exception {
        Watch cold = new Watch();
        engine.submit(cold(cold));

        assertThat(cold.finished.get().cost().computed()).isEqualTo(STEPS * STEP_TOKENS);
    }

    private TurnWork cold(TurnSink sink) {
        List<Detour> steps = IntStream.range(0, STEPS)
                .mapToObj(step -> new ComputeSpan(step * STEP_TOKENS, new int[STEP_TOKENS], ComputeSpan.Kind.NEW))
                .map(span -> new Detour(span, slow))
                .toList();
        OpenedMemory opened = new OpenedMemory(
                coldMemory.memory(), STEPS * STEP_TOKENS, steps, List.of(), Collections.emptySortedSet());
        return new TurnWork("cold", opened, Optional.empty(), sink, 0);
    }

    private TurnWork warm(TurnSink sink) {
        int[] prompt = tenant.model().tokenizer().encodeText("a");
        warmMemory.memory().extend(prompt[0]);
        OpenedMemory opened = new OpenedMemory(
                warmMemory.memory(),
                1,
                List.of(),
                List.of(new ComputeSpan(0, new int[] {prompt[0]}, ComputeSpan.Kind.NEW)),
                Collections.emptySortedSet());
        GenerationOptions options = new GenerationOptions(300, 1, 0, 1, 0, 1, 0, 7, List.of());
        return new TurnWork("warm", opened, Optional.of(new Reply(tenant.model().tokenizer(), options, prompt)), sink, 3_000);
    }

    /** How long a work took, and waited for the slow memory, from its first token to its last. Written on the engine thread. */
    private final class Watch implements TurnSink {
        private final CompletableFuture<Void> began = new CompletableFuture<>();
        private final CompletableFuture<WorkOutcome> finished = new CompletableFuture<>();
        private long firstNanos;
        private long lastNanos;
        private long waited;

        @Override
        public void sampled(int token, String text) {
            lastNanos = System.nanoTime();
            waited = slow.nanos;
            if (!began.isDone()) {
                firstNanos = lastNanos;
                began.complete(null);
            }
        }

        @Override
        public void finished(WorkOutcome outcome) {
            finished.complete(outcome);
        }
    }

    /** Memory that takes its time when a step asks for a first block of it. */
    private static final class SlowMemory implements StepMemory {
        private final KvArrays blocks;
        private boolean waits;
        private long nanos;
        private long longest;

        SlowMemory(KvLayout layout) {
            this.blocks = new KvArrays(layout, 0);
        }

        @Override
        public void beginStep() {
            waits = true;
        }

        @Override
        public MemorySegment open(int block, int group) {
            if (waits) {
                waits = false;
                long started = System.nanoTime();
                try {
                    TimeUnit.MILLISECONDS.sleep(WAIT_MILLIS);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                long took = System.nanoTime() - started;
                nanos += took;
                longest = Math.max(longest, took);
            }
            return blocks.open(block, group);
        }

        @Override
        public long coldNanos() {
            return nanos;
        }

        @Override
        public MemorySegment sealed(int block, int group) {
            return blocks.sealed(block, group);
        }

        @Override
        public KvLayout layout() {
            return blocks.layout();
        }

        @Override
        public void undoStep() {}

        @Override
        public void written(int from, int to) {}
    }
}
