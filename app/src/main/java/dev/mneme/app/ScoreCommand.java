package dev.mneme.app;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.mneme.runtime.kv.KvArrays;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.ModelSpec;
import dev.mneme.runtime.model.TokenRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a model makes of given tokens: the way to compare it with another program. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description = {
            "Read lines {\"ids\":[…],\"top\":K}, write for each {\"nll\",\"logsumexp\",\"top\",\"sha256\"}.",
            "nll: negative log-likelihood in nats of each token but the first. At the last position: logsumexp of the",
            "logits, the K highest as [id, logit], and the SHA-256 of all of them as little-endian 32-bit floats."
        })
final class ScoreCommand implements Runnable {
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "The model (see 'mneme models').")
    private String model = "";

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    @Option(names = "--chunk", paramLabel = "N",
            description = "Tokens computed at once. Default: 512. Changes the speed, not a bit of the result.")
    private int chunk = 512;

    ScoreCommand(Console console) {
        this.console = console;
    }

    private record Question(int[] ids, int top) {
    }

    @Override
    public void run() {
        if (chunk < 1) {
            throw new UsageFailure("--chunk has to be at least 1, not " + chunk + ".");
        }
        Path path = new Models(console).obtain(model).path();
        BufferedReader input = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
        try (LanguageModel opened = LanguageModel.open(path, runtime.options());
                ForwardPass pass = opened.newForwardPass()) {
            int number = 0;
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                number++;
                if (!line.isBlank()) {
                    console.out().println(answer(opened, pass, question(line, number, opened.spec())));
                    console.out().flush();
                }
            }
        } catch (IOException unreadable) {
            throw new CommandFailure("Standard input cannot be read: " + unreadable.getMessage() + ".", unreadable);
        }
    }

    private String answer(LanguageModel opened, ForwardPass pass, Question question) {
        int[] ids = question.ids;
        Scores scores = new Scores(ids, question.top);
        try (KvArrays memory = new KvArrays(opened.kvLayout(runtime.kv()), 0)) {
            for (int from = 0; from < ids.length; from += chunk) {
                int start = from;
                int[] part = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + chunk));
                pass.run(List.of(new TokenRun(
                        part, from, memory, 0, (offset, logits) -> scores.take(start + offset, logits))));
            }
        }
        return scores.json();
    }

    private static Question question(String line, int number, ModelSpec spec) {
        int[] ids = new int[0];
        int top = 0;
        try (JsonParser json = JsonText.parser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("an object is expected");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "ids" -> ids = JsonText.readIds(json);
                    case "top" -> top = json.getIntValue();
                    default -> throw new IOException("there is no field '" + field + "'");
                }
            }
        } catch (IOException malformed) {
            throw new CommandFailure("Line " + number + " is no {\"ids\":[…],\"top\":K}: " + malformed.getMessage() + ".",
                    malformed);
        }
        check(ids, top, number, spec);
        return new Question(ids, top);
    }

    private static void check(int[] ids, int top, int number, ModelSpec spec) {
        if (ids.length == 0 || ids.length > spec.contextLength()) {
            throw new CommandFailure("Line " + number + " has " + ids.length + " ids; between 1 and "
                    + spec.contextLength() + " are possible, the window of the model.");
        }
        if (top < 0 || top > spec.vocabularySize()) {
            throw new CommandFailure("Line " + number + " asks for the top " + top + " of " + spec.vocabularySize() + " ids.");
        }
        for (int id : ids) {
            if (id < 0 || id >= spec.vocabularySize()) {
                throw new CommandFailure("Line " + number + " has token id " + id
                        + ", but the ids of this model go from 0 to " + (spec.vocabularySize() - 1) + ".");
            }
        }
    }
}
