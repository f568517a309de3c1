package dev.mneme.app;

import dev.mneme.models.CatalogModel;
import dev.mneme.models.ModelCatalog;
import dev.mneme.models.ModelFile;
import dev.mneme.models.PullProgress;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/** Model files for commands: fetched at first use, with a progress bar. */
public final class Models {
    private final ModelCatalog catalog = ModelCatalog.create();
    private final Console console;

    /** With the console that shows the progress. */
    public Models(Console console) {
        this.console = console;
    }

    ModelCatalog catalog() {
        return catalog;
    }

    /** The local file of a model; pulls it first where it is not here. */
    public ModelFile obtain(String model) {
        AtomicBoolean announced = new AtomicBoolean();
        try (ProgressBar bar = new ProgressBar(console)) {
            return catalog.pull(model, progress -> {
                if (progress.step() == PullProgress.Step.DOWNLOADING && announced.compareAndSet(false, true)) {
                    announce(model);
                }
                bar.show(label(progress.step()), progress.bytes(), progress.totalBytes(), sizes(progress));
            });
        }
    }

    private void announce(String model) {
        String terms = CatalogModel.named(model)
                .map(known -> String.format(Locale.ROOT, " (%.0f MB, %s)", known.bytes() / 1e6, known.licence()))
                .orElse("");
        console.err().println("Pulling " + model + terms + " into " + catalog.directory());
    }

    private static String label(PullProgress.Step step) {
        return switch (step) {
            case DOWNLOADING -> "downloading";
            case UNPACKING -> "unpacking  ";
            case CHECKING -> "checking   ";
        };
    }

    private static String sizes(PullProgress progress) {
        return progress.totalBytes() > 0
                ? String.format(Locale.ROOT, "%.1f of %.1f MB", progress.bytes() / 1e6, progress.totalBytes() / 1e6)
                : String.format(Locale.ROOT, "%.1f MB", progress.bytes() / 1e6);
    }
}
