package dev.mneme.kills;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes are killed at random moments; {@code -Dmneme.kills=300} sets how many, {@code -Dmneme.kills.seed} the seed. */
class KillTest {
    private static final int KILLS = Integer.getInteger("mneme.kills", 28);
    private static final int OPERATIONS = 40;
    private static final Path MODEL = Path.of(
            System.getProperty("mneme.rootDir", ".."), "attention-runtime/src/test/resources/oracle/tiny/llama.gguf");

    @Test
    void whatWasShownIsThereAndWhatFollowsIsWhatWouldHaveFollowed(@TempDir Path homes) throws Exception {
        long seed = Long.getLong("mneme.kills.seed", System.nanoTime());
        System.out.println("seed of the kills: " + seed);
        long start = System.nanoTime();
        AtomicInteger kills = new AtomicInteger();
        AtomicInteger named = new AtomicInteger();
        List<Future<?>> lanes = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int lane = 0; lane < 2; lane++) {
                lanes.add(threads.submit(() -> {
                    while (kills.get() < KILLS) {
                        int number = named.incrementAndGet();
                        killUntilTheEnd(homes, seed + 1_000L * number, kills);
                    }
                    return kills;
                }));
            }
            for (Future<?> lane : lanes) {
                lane.get();
            }
        }
        System.out.printf("%d kills in %d homes, %d s%n", kills.get(), named.get(), (System.nanoTime() - start) / 1_000_000_000);
    }

    private static void killUntilTheEnd(Path homes, long seed, AtomicInteger kills) throws Exception {
        KilledHome killed = new KilledHome(homes.resolve("killed-" + seed), MODEL.toString(), seed, OPERATIONS);
        while (!killed.ended()) {
            int before = killed.kills();
            killed.live(kills.get() >= KILLS);
            kills.addAndGet(killed.kills() - before);
        }
        Unkilled unkilled = Unkilled.live(homes.resolve("unkilled-" + seed), MODEL.toString(), seed, OPERATIONS);
        unkilled.outcomes().forEach((number, outcome) -> assertThat(killed.outcomes().get(number))
                .as("%s, operation %d", killed, number)
                .isEqualTo(outcome));
        assertThat(killed.outcomes()).as("%s", killed).hasSameSizeAs(unkilled.outcomes());
        assertThat(killed.state()).as("%s", killed).isEqualTo(unkilled.state());
    }
}
