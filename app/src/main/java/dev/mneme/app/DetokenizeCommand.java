package dev.mneme.app;

import com.fasterxml.jackson.core.JsonParser;
import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Token ids to text. */
@Command(
        name = "detokenize",
        mixinStandardHelpOptions = true,
        description = "Read JSON arrays of token ids from standard input, write their text.")
final class DetokenizeCommand implements Runnable {
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "The model whose tokenizer to use (see 'mneme models').")
    private String model = "";

    @Option(names = "--special", description = "Show control tokens as they are spelled; without it they show nothing.")
    private boolean special;

    @Option(names = "--lines",
            description = "Each input line is an array, each output line its text as a JSON string; without it, the bytes of "
                    + "all tokens are written as they are.")
    private boolean lines;

    DetokenizeCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        String input = console.readText();
        try (GgufFile file = GgufFile.open(new Models(console).obtain(model).path())) {
            Tokenizer tokenizer = Tokenizer.from(file);
            int number = 0;
            for (String line : (Iterable<String>) input.lines()::iterator) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                byte[] bytes = bytes(tokenizer, line, number);
                if (lines) {
                    String text = new String(bytes, StandardCharsets.UTF_8);
                    console.out().println(JsonText.of(json -> json.writeString(text)));
                } else {
                    console.out().writeBytes(bytes);
                }
            }
        }
    }

    private byte[] bytes(Tokenizer tokenizer, String line, int number) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids(line, number)) {
            if (id < 0 || id >= tokenizer.vocabularySize()) {
                throw new CommandFailure("Line " + number + " has token id " + id + ", but the ids of this model go from 0 to "
                        + (tokenizer.vocabularySize() - 1) + ".");
            }
            bytes.writeBytes(special ? tokenizer.piece(id) : tokenizer.textBytes(id));
        }
        return bytes.toByteArray();
    }

    private static int[] ids(String line, int number) {
        try (JsonParser json = JsonText.parser(line)) {
            json.nextToken();
            return JsonText.readIds(json);
        } catch (IOException malformed) {
            throw new CommandFailure("Line " + number + " is no JSON array of token ids: " + malformed.getMessage() + ".",
                    malformed);
        }
    }
}
