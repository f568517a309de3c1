package dev.mneme.kills;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The same life, undisturbed and in one process.
 *
 * @param outcomes what each operation came to
 * @param state the turns of each session at the end
 */
record Unkilled(Map<Integer, String> outcomes, Map<String, List<String>> state) {
    static Unkilled live(Path home, String model, long seed, int size) {
        Map<Integer, String> outcomes = new LinkedHashMap<>();
        Map<String, List<String>> state = new TreeMap<>();
        Life.live(home, model, Script.of(seed, size), 0, line -> {
            String[] words = line.split(" ", 3);
            switch (words[0]) {
                case "turn" -> state.computeIfAbsent(words[1], name -> new ArrayList<>()).add(words[2]);
                case "done" -> outcomes.put(Integer.parseInt(words[1]), words[2]);
                default -> {}
            }
        });
        return new Unkilled(outcomes, state);
    }
}
