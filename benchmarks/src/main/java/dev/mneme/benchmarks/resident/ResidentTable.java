package dev.mneme.benchmarks.resident;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.KvArrays;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.KvMemory;
import dev.mneme.runtime.kv.SummaryLayout;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.MemoryDefaults;
import dev.mneme.runtime.model.RuntimeOptions;
import dev.mneme.runtime.model.TokenRun;
import dev.mneme.store.BlockStore;
import dev.mneme.store.StoreOptions;
import dev.mneme.store.StoreUsage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Fills a block store with a session of so many tokens, then reads and decodes at its end, and prints how much memory the
 * kernel counted at most (VmRSS, sampled each second) and how fast it went. Arguments: a model's file, a new directory for the
 * store, the number of tokens, and, if it is not to be the default, the RAM budget in MiB. Linux.
 */
public final class ResidentTable {
    private static final int CHUNK = 512;
    private static final int DECODED = 512;
    private static final int ROUNDS = 6;

    private final LanguageModel model;
    private final ForwardPass pass;
    private final MemoryPolicy.Sparse policy;
    private final Random ids = new Random(1);
    private final AtomicLong most = new AtomicLong();

    private ResidentTable(LanguageModel model, ForwardPass pass) {
        this.model = model;
        this.pass = pass;
        this.policy = (MemoryPolicy.Sparse) MemoryDefaults.of(model.spec());
    }

    /** Prints the table. */
    public static void main(String[] arguments) {
        int chunkTokens = SummaryLayout.BLOCKS * KvLayout.BLOCK;
        int blocks = Integer.parseInt(arguments[2]) / chunkTokens * SummaryLayout.BLOCKS;
        StoreOptions defaults = StoreOptions.defaults().withDiskBudgetBytes(1L << 40);
        StoreOptions options = arguments.length < 4
                ? defaults
                : defaults.withRamBudgetBytes(Long.parseLong(arguments[3]) << 20);
        try (LanguageModel model = LanguageModel.open(Path.of(arguments[0]), RuntimeOptions.defaults());
                ForwardPass pass = model.newForwardPass();
                BlockStore store = BlockStore.open(Path.of(arguments[1]), options, window -> key -> true)) {
            new ResidentTable(model, pass).measure(store, blocks);
        }
    }

    private void measure(BlockStore store, int blocks) {
        Thread.ofPlatform().daemon().start(this::sample);
        try (KvArrays text = new KvArrays(model.kvLayout(KvFormat.F16), policy.keptBlocks())) {
            for (int from = 0; from < StoredMemory.TEXT; from += CHUNK) {
                run(text, from, CHUNK);
            }
            try (StoredMemory memory = new StoredMemory(text, store, blocks, policy.keptBlocks())) {
                phase("fill", store, blocks * KvLayout.BLOCK, memory::fill);
                int end = blocks * KvLayout.BLOCK;
                for (int round = 0; round < ROUNDS; round++) {
                    phase("prefill", store, CHUNK, () -> step(memory, end, CHUNK));
                    phase("decode", store, DECODED, () -> {
                        for (int next = 0; next < DECODED; next++) {
                            step(memory, end + next, 1);
                        }
                    });
                }
            }
        }
    }

    private void phase(String name, BlockStore store, int tokens, Runnable work) {
        most.set(resident());
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        long atMost = Math.max(most.get(), resident());
        StoreUsage usage = store.usage();
        System.out.printf(
                "%-8s %9d tokens  %7.1f s  %8.1f tok/s  VmRSS at most %5d MiB (of files now %5d), blocks %5d of %d%n",
                name, tokens, seconds, tokens / seconds, atMost >> 20, kernelCounts("RssFile:") >> 20,
                usage.hotBytes() >> 20, usage.payloadBytes() >> 20);
    }

    private void step(StoredMemory memory, int position, int tokens) {
        memory.beginStep();
        run(memory, position, tokens);
    }

    private void run(KvMemory memory, int position, int tokens) {
        int[] random = ids.ints(tokens, 0, model.spec().vocabularySize()).toArray();
        pass.run(List.of(new TokenRun(random, position, memory, policy, tokens - 1, (offset, logits) -> { })));
    }

    private void sample() {
        try {
            while (true) {
                most.accumulateAndGet(resident(), Math::max);
                Thread.sleep(1000);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static long resident() {
        return kernelCounts("VmRSS:");
    }

    private static long kernelCounts(String what) {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(what))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
