package dev.mneme.store;

import static dev.mneme.store.Blocks.SMALL;
import static dev.mneme.store.Blocks.key;
import static dev.mneme.store.Blocks.payload;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL at random moments of putting and removing, always over the same files, so that recoveries are killed too. */
class KilledWriterTest {
    private static final int KILLS = Integer.getInteger("mneme.kills", 6);
    private static final int KEYS = 400;
    private static final StoreOptions OPTIONS = StoreOptions.defaults()
            .withArenaBytes(64L * new BlockLayout(SMALL).stride());

    private final Path home;

    KilledWriterTest(@TempDir Path home) {
        this.home = home;
    }

    /** The child: says "+n" once a put completed, "-n" before it removes. */
    static final class Writer {
        private Writer() {
        }

        public static void main(String[] arguments) {
            Random random = new Random(Long.parseLong(arguments[1]));
            BlockStore store = BlockStore.open(Path.of(arguments[0]), OPTIONS);
            while (true) {
                int n = random.nextInt(KEYS);
                if (random.nextInt(3) > 0) {
                    store.put(key(n), SMALL, payload(key(n), SMALL)).toCompletableFuture().join();
                    System.out.println("+" + n);
                } else {
                    System.out.println("-" + n);
                    store.remove(List.of(key(n))).toCompletableFuture().join();
                }
            }
        }
    }

    @Test
    void everyPutThatCompletedIsServedAfterAKill() throws Exception {
        Random random = new Random();
        Set<Integer> stored = new HashSet<>();
        for (int kill = 0; kill < KILLS; kill++) {
            long seed = random.nextLong();
            Process writer = ChildJvm.of(Writer.class, home.toString(), Long.toString(seed)).start();
            Set<Integer> unsure = new HashSet<>();
            try (BufferedReader said = writer.inputReader()) {
                follow(said, writer, random.nextInt(3000), stored, unsure);
            }
            writer.waitFor();
            assertThat(writer.exitValue()).isEqualTo(137);
            stored.removeAll(unsure);
            check("kill " + kill + ", seed " + seed, stored);
        }
    }

    /** Kills after some lines, and reads on: what it said before it died counts. */
    private static void follow(BufferedReader said, Process writer, int lines, Set<Integer> stored, Set<Integer> unsure) throws IOException {
        int left = lines;
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.length() < 2) {
                break;
            }
            int n = Integer.parseInt(line.substring(1));
            if (line.charAt(0) == '+') {
                stored.add(n);
                unsure.remove(n);
            } else {
                unsure.add(n);
            }
            if (left-- == 0) {
                // Not of the process itself, which would throw away what it still has to say.
                writer.toHandle().destroyForcibly();
            }
        }
    }

    private void check(String when, Set<Integer> stored) {
        long start = System.nanoTime();
        try (BlockStore store = BlockStore.open(home, OPTIONS)) {
            assertThat(store.verify().isSound()).as(when).isTrue();
            for (int n = 0; n < KEYS; n++) {
                LeaseResult result = store.lease(key(n), SMALL);
                if (result instanceof LeaseResult.Leased(BlockLease lease)) {
                    try (lease) {
                        assertThat(lease.payload().mismatch(payload(key(n), SMALL))).as("%s, block %d", when, n).isEqualTo(-1);
                    }
                } else {
                    assertThat(stored).as(when).doesNotContain(n);
                }
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).as("no waiting for a dead lock").isLessThan(Duration.ofSeconds(30));
    }
}
