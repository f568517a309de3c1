package dev.mneme.kills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.kills.Operation.Delete;
import dev.mneme.kills.Operation.Fork;
import dev.mneme.kills.Operation.Ingest;
import dev.mneme.kills.Operation.Pin;
import dev.mneme.kills.Operation.Remember;
import dev.mneme.kills.Operation.Rewind;
import dev.mneme.kills.Operation.Say;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One home in which process after process is killed, and what is known of it from what they said: the outcome of each
 * operation, and the turns of each session after the operations that were done.
 */
final class KilledHome {
    /** A child that says nothing for so long hangs. */
    private static final int PATIENCE_SECONDS = 300;

    private final Path home;
    private final String model;
    private final long seed;
    private final List<Operation> script;
    private final Random random;
    private final Map<Integer, String> outcomes = new LinkedHashMap<>();
    private final TreeMap<String, List<String>> turns = new TreeMap<>();
    private final Map<Integer, String> pieces = new HashMap<>();
    private TreeMap<String, List<String>> state = new TreeMap<>();
    private int kills;
    private boolean ended;

    KilledHome(Path home, String model, long seed, int size) {
        this.home = home;
        this.model = model;
        this.seed = seed;
        this.script = Script.of(seed, size);
        this.random = new Random(seed + 1);
    }

    int kills() {
        return kills;
    }

    boolean ended() {
        return ended;
    }

    /** What each operation came to. */
    Map<Integer, String> outcomes() {
        return outcomes;
    }

    /** The turns of each session as the last process saw them. */
    Map<String, List<String>> state() {
        return state;
    }

    /** Starts a process, kills it at a random moment, and takes in what it had said. */
    void live(boolean toTheEnd) throws IOException, InterruptedException {
        int next = outcomes.size();
        Process child = ChildJvm.start(
                Life.class,
                home.toString(),
                model,
                Long.toString(seed),
                Integer.toString(script.size()),
                Integer.toString(next));
        Thread reaper = Thread.ofVirtual().start(() -> killAfter(child, PATIENCE_SECONDS * 1_000L));
        boolean early = !toTheEnd && random.nextInt(6) == 0;
        if (early) {
            // While it opens.
            Thread.ofVirtual().start(() -> killAfter(child, random.nextLong(3_000)));
        }
        int lines = toTheEnd || early ? Integer.MAX_VALUE : random.nextInt(160);
        try (BufferedReader said = child.inputReader()) {
            listen(child, said, lines);
        }
        int status = child.waitFor();
        reaper.interrupt();
        assertThat(status).as("%s: the child's exit", this).isIn(0, 128 + 9);
        assertThat(ended || !toTheEnd).as("%s: the child came to the end", this).isTrue();
        kills += status == 0 ? 0 : 1;
    }

    private void listen(Process child, BufferedReader said, int lines) throws IOException {
        int left = lines;
        boolean ready = false;
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            String[] words = line.split(" ", 3);
            switch (words[0]) {
                case "open" -> state = new TreeMap<>();
                case "unsound" -> throw new AssertionError(this + " after kill " + kills + ": " + line);
                case "turn" -> state.computeIfAbsent(words[1], name -> new ArrayList<>()).add(words[2]);
                case "ready" -> {
                    checkState();
                    ready = true;
                }
                case "piece" -> pieces.merge(
                        Integer.parseInt(words[1]), words.length > 2 ? words[2] : "", KilledHome::joined);
                case "done" -> done(Integer.parseInt(words[1]), words[2]);
                case "end" -> ended = true;
                default -> throw new AssertionError("what does a child mean by: " + line);
            }
            if (ready && left-- == 0) {
                // Not of the process itself, which would throw away what it still has to say.
                Thread.ofVirtual().start(() -> killAfter(child, random.nextLong(8)));
            }
        }
    }

    private static void killAfter(Process child, long millis) {
        try {
            if (!child.waitFor(millis, TimeUnit.MILLISECONDS)) {
                child.toHandle().destroyForcibly();
            }
        } catch (InterruptedException notNeeded) {
            // It ended by itself.
        }
    }

    private static String joined(String tokens, String more) {
        return tokens.isEmpty() ? more : more.isEmpty() ? tokens : tokens + "," + more;
    }

    /** Takes an operation as done: the sessions are as it leaves them. */
    private void done(int number, String outcome) {
        assertThat(number).isEqualTo(outcomes.size());
        outcomes.put(number, outcome);
        pieces.clear();
        switch (script.get(number)) {
            case Say say -> turns.computeIfAbsent(say.session(), name -> new ArrayList<>()).add(reply(outcome));
            case Ingest ingest -> turns.computeIfAbsent(ingest.session(), name -> new ArrayList<>()).add("");
            case Fork fork -> turns.put(fork.child(), new ArrayList<>(turns.getOrDefault(fork.session(), List.of())));
            case Rewind rewind -> {
                List<String> all = turns.getOrDefault(rewind.session(), new ArrayList<>());
                turns.put(rewind.session(), new ArrayList<>(all.subList(0, rewind.turn())));
            }
            case Remember remember -> {}
            case Pin pin -> {}
            case Delete delete -> turns.remove(delete.session());
        }
    }

    private static String reply(String outcome) {
        return outcome.substring(0, outcome.indexOf(' '));
    }

    /** All that was said is there, but for the operation that was under way, of which at least what was shown is there. */
    private void checkState() {
        int under = outcomes.size();
        String touched = under < script.size() ? touchedBy(script.get(under)) : "";
        TreeMap<String, List<String>> expected = new TreeMap<>(turns);
        TreeMap<String, List<String>> found = new TreeMap<>();
        state.forEach((session, lines) ->
                found.put(session, lines.stream().map(KilledHome::replyIn).toList()));
        expected.values().removeIf(List::isEmpty);
        expected.remove(touched);
        List<String> there = found.getOrDefault(touched, List.of());
        found.remove(touched);
        assertThat(found).as("%s after kill %d, operation %d", this, kills, under).isEqualTo(expected);
        String shown = pieces.getOrDefault(under, "");
        if (!shown.isEmpty()) {
            assertThat(there).as("%s after kill %d, operation %d", this, kills, under).isNotEmpty();
            assertThat(there.getLast() + ",").as("%s after kill %d, operation %d", this, kills, under)
                    .startsWith(shown + ",");
        }
        pieces.clear();
    }

    private static String touchedBy(Operation operation) {
        return operation instanceof Fork fork ? fork.child() : operation.session();
    }

    /** The reply's tokens in a line that names the turn, how many tokens its prompt has, and all of its tokens. */
    private static String replyIn(String line) {
        String[] words = line.split(" ", -1);
        String[] tokens = words[2].isEmpty() ? new String[0] : words[2].split(",");
        return String.join(",", List.of(tokens).subList(Integer.parseInt(words[1]), tokens.length));
    }

    @Override
    public String toString() {
        return "the home of seed " + seed;
    }
}
