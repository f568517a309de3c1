package dev.mneme.kills;

import dev.mneme.MemoryPolicy;
import dev.mneme.kills.Operation.Delete;
import dev.mneme.kills.Operation.Fork;
import dev.mneme.kills.Operation.Ingest;
import dev.mneme.kills.Operation.Pin;
import dev.mneme.kills.Operation.Remember;
import dev.mneme.kills.Operation.Rewind;
import dev.mneme.kills.Operation.Say;
import dev.mneme.runtime.kv.KvFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** A random life of some sessions: a function of its seed alone, so that parent and children know the same one. */
final class Script {
    /** The tiny models' window. */
    private static final int WINDOW = 512;

    private static final int MOST_SESSIONS = 4;

    private static final List<MemoryPolicy> POLICIES = List.of(
            MemoryPolicy.sparse().sinks(64).window(64).topK(1).candidates(0).refresh(8),
            MemoryPolicy.sparse().sinks(0).window(128).topK(1).candidates(3).refresh(16).kv(KvFormat.I8),
            MemoryPolicy.sparse().sinks(0).window(64).topK(1).candidates(2).refresh(4),
            MemoryPolicy.sparse().kv(KvFormat.F16),
            MemoryPolicy.sparse().kv(KvFormat.I8),
            MemoryPolicy.sparse().kv(KvFormat.K8V4));

    private final Random random;
    private final TreeMap<String, Plan> alive = new TreeMap<>();
    private final List<Operation> operations = new ArrayList<>();
    private int named;

    /** What is known of a session without running it: its turns, and how long each may have made it at most. */
    private record Plan(List<Integer> ends) {
        int turns() {
            return ends.size();
        }

        int length() {
            return ends.isEmpty() ? 0 : ends.getLast();
        }
    }

    private Script(long seed) {
        this.random = new Random(seed);
    }

    static List<Operation> of(long seed, int size) {
        Script script = new Script(seed);
        while (script.operations.size() < size) {
            script.next();
        }
        return List.copyOf(script.operations);
    }

    private void next() {
        if (alive.isEmpty() || (alive.size() < MOST_SESSIONS && random.nextInt(8) == 0)) {
            extend(newName(), new Plan(List.of()));
            return;
        }
        String session = new ArrayList<>(alive.keySet()).get(random.nextInt(alive.size()));
        Plan plan = alive.getOrDefault(session, new Plan(List.of()));
        int choice = random.nextInt(15);
        if (choice == 0 && plan.turns() > 0 && alive.size() < MOST_SESSIONS) {
            String child = newName();
            operations.add(new Fork(session, child));
            alive.put(child, plan);
        } else if (choice == 1 || plan.length() > WINDOW - 230) {
            int turn = random.nextInt(plan.turns() + 1);
            operations.add(new Rewind(session, turn));
            alive.put(session, new Plan(plan.ends().subList(0, turn)));
        } else if (choice == 2) {
            operations.add(new Delete(session));
            alive.remove(session);
        } else if (choice == 3 || choice == 5) {
            operations.add(new Remember(session, POLICIES.get(random.nextInt(POLICIES.size()))));
        } else if (choice == 4 && plan.turns() > 0) {
            operations.add(new Pin(session, 1 + random.nextInt(plan.turns())));
        } else {
            extend(session, plan);
        }
    }

    private void extend(String session, Plan plan) {
        String text = text(1 + random.nextInt(90));
        int sampled = 0;
        if (random.nextInt(4) == 0) {
            operations.add(new Ingest(session, text));
        } else {
            sampled = 1 + random.nextInt(130);
            float temperature = random.nextInt(3) == 0 ? 0 : 0.9f;
            operations.add(new Say(session, text, sampled, temperature, random.nextLong()));
        }
        List<Integer> ends = new ArrayList<>(plan.ends());
        ends.add(plan.length() + 1 + text.length() + sampled);
        alive.put(session, new Plan(ends));
    }

    private String newName() {
        return "s" + ++named;
    }

    private String text(int length) {
        String letters = "etaoin shrdlu";
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }
}
