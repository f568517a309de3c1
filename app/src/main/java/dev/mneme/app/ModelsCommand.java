package dev.mneme.app;

import dev.mneme.models.CatalogModel;
import dev.mneme.models.ModelCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** Lists the models that can be named, and those that are here. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = "List the models that Mneme knows by name, and the files that are here.",
        footer = {
            "",
            "Wherever MODEL is asked for you may write one of these names, the path of a GGUF file, or",
            "hf:owner/repo/file.gguf for a file on the Hugging Face hub."
        })
final class ModelsCommand implements Runnable {
    private final Console console;

    ModelsCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        ModelCatalog catalog = ModelCatalog.create();
        for (CatalogModel model : CatalogModel.ALL) {
            row(model.name(), model.bytes(), Files.exists(catalog.place(model.name())),
                    model.description() + "; " + model.licence());
        }
        for (Path file : pulledFromHub(catalog)) {
            row("hf:" + catalog.directory().resolve("hf").relativize(file), file.toFile().length(), true, "");
        }
        console.err().println("Files are in " + catalog.directory());
    }

    private void row(String name, long bytes, boolean here, String description) {
        console.out().println(String.format(
                Locale.ROOT, "%-16s %7.1f MB  %-9s %s", name, bytes / 1e6, here ? "here" : "not here", description)
                .stripTrailing());
    }

    private static List<Path> pulledFromHub(ModelCatalog catalog) {
        Path folder = catalog.directory().resolve("hf");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".gguf")).sorted().toList();
        } catch (IOException unreadable) {
            throw new CommandFailure("The directory " + folder + " cannot be read: check its rights.", unreadable);
        }
    }
}
