package dev.mneme.persistence.home;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.persistence.ChildJvm;
import dev.mneme.persistence.Directories;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed while it writes; {@code -Dmneme.journal.kills=N} does it N times. */
class CrashTest {
    private static final int KILLS = Integer.getInteger("mneme.journal.kills", 5);
    private static final int SESSIONS = 4;

    @Test
    void allThatWasAcknowledgedIsThereAfterAKill(@TempDir Path directory) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed of the kills: " + seed);
        Random random = new Random(seed);
        long[] acknowledged = new long[SESSIONS];
        for (int kill = 0; kill < KILLS; kill++) {
            Process child = ChildJvm.start(Writer.class, directory.toString());
            long[] before = acknowledged.clone();
            readUntilKilled(child, acknowledged, random.nextInt(1, 400));

            try (JournalDatabase database = JournalDatabase.open(directory, Directories.NATIVE_CACHE)) {
                for (int session = 0; session < SESSIONS; session++) {
                    long found = new Diary("s" + session).checkBeginning(database);
                    assertThat(found).isGreaterThanOrEqualTo(acknowledged[session]);
                    assertThat(found).as("the child wrote at all").isGreaterThan(before[session]);
                    acknowledged[session] = found;
                }
                assertThat(database.verify()).isEmpty();
                List<String> rows = IndexDump.of(database);
                database.rebuildIndexes();
                assertThat(IndexDump.of(database)).isEqualTo(rows);
            }
        }
    }

    private static void readUntilKilled(Process child, long[] acknowledged, int lines)
            throws IOException, InterruptedException {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            Set<Integer> writing = new HashSet<>();
            int left = lines;
            String line;
            while ((line = output.readLine()) != null) {
                String[] words = line.split(" ", 2);
                int session = Integer.parseInt(words[0]);
                acknowledged[session] = Long.parseLong(words[1]);
                writing.add(session);
                if (writing.size() == SESSIONS && left-- == 0) {
                    child.toHandle().destroyForcibly(); // SIGKILL, and what was printed can still be read
                }
            }
        }
        assertThat(child.waitFor()).isEqualTo(128 + 9);
    }

    /** Writes all diaries at once, from where they are, and says what is durable. */
    static final class Writer {
        public static void main(String[] arguments) throws InterruptedException {
            JournalDatabase database = JournalDatabase.open(Path.of(arguments[0]), Directories.NATIVE_CACHE);
            List<Thread> threads = new ArrayList<>();
            for (int session = 0; session < SESSIONS; session++) {
                int number = session;
                threads.add(Thread.ofPlatform().start(() -> write(database, number)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }

        private static void write(JournalDatabase database, int session) {
            Diary diary = new Diary("s" + session);
            long next = database.events().highestSequenceNr(diary.persistenceId()) + 1;
            while (true) {
                diary.write(database, next).join();
                synchronized (Writer.class) {
                    System.out.println(session + " " + next);
                    System.out.flush();
                }
                next++;
            }
        }
    }
}
