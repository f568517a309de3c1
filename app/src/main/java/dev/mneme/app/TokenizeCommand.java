package dev.mneme.app;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Text to token ids. */
@Command(
        name = "tokenize",
        mixinStandardHelpOptions = true,
        description = "Read text from standard input, write its token ids as a JSON array.")
final class TokenizeCommand implements Runnable {
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "The model whose tokenizer to use (see 'mneme models').")
    private String model = "";

    @Option(names = "--special",
            description = "Take control tokens spelled in the text, such as <|im_end|>, for those tokens.")
    private boolean special;

    @Option(names = "--bos", description = "Begin with the begin-of-sequence token where the model asks for one.")
    private boolean bos;

    @Option(names = "--lines",
            description = "Each input line is a JSON string, each output line its array; without it, all input is one text.")
    private boolean lines;

    TokenizeCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        String text = console.readText();
        try (GgufFile file = GgufFile.open(new Models(console).obtain(model).path())) {
            Tokenizer tokenizer = Tokenizer.from(file);
            if (lines) {
                eachLine(tokenizer, text);
            } else {
                console.out().println(JsonText.ofIds(ids(tokenizer, text)));
            }
        }
    }

    private void eachLine(Tokenizer tokenizer, String input) {
        int number = 0;
        for (String line : (Iterable<String>) new BufferedReader(new StringReader(input)).lines()::iterator) {
            number++;
            console.out().println(JsonText.ofIds(ids(tokenizer, string(line, number))));
        }
    }

    private static String string(String line, int number) {
        try (JsonParser json = JsonText.parser(line)) {
            if (json.nextToken() == JsonToken.VALUE_STRING) {
                return json.getText();
            }
        } catch (IOException malformed) {
            throw new CommandFailure("Line " + number + " is no JSON string: " + malformed.getMessage() + ".", malformed);
        }
        throw new CommandFailure("Line " + number + " is no JSON string: with --lines each line has to be one.");
    }

    private int[] ids(Tokenizer tokenizer, String text) {
        int[] ids = special ? tokenizer.encodeTemplate(text) : tokenizer.encodeText(text);
        OptionalInt first = bos ? tokenizer.beginOfSequence() : OptionalInt.empty();
        if (first.isEmpty()) {
            return ids;
        }
        int[] all = new int[ids.length + 1];
        all[0] = first.getAsInt();
        System.arraycopy(ids, 0, all, 1, ids.length);
        return all;
    }
}
