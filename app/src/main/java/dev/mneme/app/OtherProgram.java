package dev.mneme.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Another program that measures itself on the same machine. It prints a line for each context length, such as
 * {@code n=512 threads=2 prefill 454.4 tok/s (1.13s) decode 121.7 tok/s}; other lines are passed over.
 */
final class OtherProgram {
    private static final Pattern LINE =
            Pattern.compile("\\bn=(\\d+)\\b.*?\\bprefill\\s+([\\d.]+)\\s+tok/s.*?\\bdecode\\s+([\\d.]+)\\s+tok/s");
    private static final int LINES_TOLD = 5;

    private final String command;

    /** A command line for the shell. */
    OtherProgram(String command) {
        this.command = command;
    }

    /**
     * Runs the program once.
     *
     * @throws CommandFailure if it fails, or does not say its speed at one of the lengths
     */
    List<ModelSpeed.AtLength> measure(List<Integer> lengths) {
        Map<Integer, ModelSpeed.AtLength> told = new HashMap<>();
        List<String> lines = run();
        for (String line : lines) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.find()) {
                int length = Integer.parseInt(matcher.group(1));
                told.put(length, new ModelSpeed.AtLength(
                        length, Double.parseDouble(matcher.group(2)), Double.parseDouble(matcher.group(3))));
            }
        }
        List<ModelSpeed.AtLength> speeds = new ArrayList<>();
        for (int length : lengths) {
            ModelSpeed.AtLength speed = told.get(length);
            if (speed == null) {
                throw new CommandFailure("The command of --against told no speed for n=" + length + ". Its last lines: "
                        + last(lines));
            }
            speeds.add(speed);
        }
        return speeds;
    }

    private List<String> run() {
        try {
            Process process = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
            List<String> lines = new ArrayList<>();
            try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    lines.add(line);
                }
            }
            int code = process.waitFor();
            if (code != 0) {
                throw new CommandFailure("The command of --against ended with code " + code + ". Its last lines: " + last(lines));
            }
            return lines;
        } catch (IOException failed) {
            throw new CommandFailure("The command of --against cannot be run: " + failed.getMessage() + ".", failed);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("The measurement was interrupted.", cancelled);
        }
    }

    private static String last(List<String> lines) {
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - LINES_TOLD), lines.size()));
    }
}
