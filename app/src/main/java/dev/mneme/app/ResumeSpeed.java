package dev.mneme.app;

import dev.mneme.MemoryPolicy;
import dev.mneme.Mneme;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.TurnOptions;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.RuntimeOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures how long a session takes to go on: after a restart, and warmed by a turn of another session, it is opened and
 * told a few words. Works in a home of its own, which it deletes.
 */
final class ResumeSpeed {
    private static final TurnOptions ONE_TOKEN = TurnOptions.greedy().withMaxTokens(1);
    private static final String FEW_WORDS = " and then the next day she went on";
    private static final String SENTENCE = " The harbour was quiet and the ships lay still in the morning light.";

    private final String model;
    private final RuntimeOptions runtime;
    private final KvFormat kv;

    ResumeSpeed(String model, RuntimeOptions runtime, KvFormat kv) {
        this.model = model;
        this.runtime = runtime;
        this.kv = kv;
    }

    /**
     * One resumption.
     *
     * @param context tokens that the session had
     * @param openMillis to open it, the engine running
     * @param firstTokenMillis from there to the first token of the reply
     * @param nextMillis the same for a turn right after it: what it takes less is what a process does once
     */
    record Resumed(int context, double openMillis, double firstTokenMillis, double nextMillis) {
    }

    List<Resumed> measure(List<Integer> lengths) {
        try {
            Path home = Files.createTempDirectory("mneme-bench");
            try {
                return measure(home, lengths);
            } finally {
                delete(home);
            }
        } catch (IOException noRoom) {
            throw new UncheckedIOException("The temporary directory cannot be used: " + noRoom.getMessage(), noRoom);
        }
    }

    private List<Resumed> measure(Path home, List<Integer> lengths) {
        try (Mneme mneme = open(home)) {
            for (int length : lengths) {
                read(mneme, length);
            }
            session(mneme, "warm").ingest(SENTENCE, ONE_TOKEN).await();
        }
        List<Resumed> resumed = new ArrayList<>();
        try (Mneme mneme = open(home)) {
            session(mneme, "warm").say(FEW_WORDS, ONE_TOKEN);
            for (int length : lengths) {
                Session session = session(mneme, name(length));
                int context = session.describe().tokens();
                double first = firstTokenMillis(session);
                resumed.add(new Resumed(context, session.openTime().toNanos() / 1e6, first, firstTokenMillis(session)));
            }
        }
        return resumed;
    }

    private static double firstTokenMillis(Session session) {
        Reply reply = session.say(FEW_WORDS, ONE_TOKEN);
        return reply.receipt().timeToFirstToken().toNanos() / 1e6;
    }

    /** Gives a session about this many tokens: a sentence is read once to learn how many it has. */
    private void read(Mneme mneme, int length) {
        Session session = session(mneme, name(length));
        int each = session.ingest(SENTENCE, ONE_TOKEN).await().receipt().contextTokens();
        int more = length / each - 1;
        if (more > 0) {
            Reply unused = session.ingest(SENTENCE.repeat(more), ONE_TOKEN).await();
        }
    }

    private Mneme open(Path home) {
        return Mneme.at(home).runtime(runtime).open();
    }

    private Session session(Mneme mneme, String name) {
        return mneme.session(name)
                .model(model)
                .raw()
                .memory(MemoryPolicy.dense().kv(kv))
                .open();
    }

    private static String name(int length) {
        return "context-" + length;
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
