package dev.mneme.promises;

import dev.mneme.models.ModelCatalog;
import dev.mneme.models.ModelUnavailable;
import dev.mneme.models.PullListener;
import java.nio.file.Path;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/** The default model, fetched if it is not here; properties of a class that needs it are skipped where it cannot be had. */
final class RealModel implements SkipExecutionHook {
    static Path path() {
        return ModelCatalog.create()
                .pull(ModelCatalog.DEFAULT_MODEL, PullListener.SILENT)
                .path();
    }

    @Override
    public SkipResult shouldBeSkipped(LifecycleContext context) {
        try {
            Path unused = path();
            return SkipResult.doNotSkip();
        } catch (ModelUnavailable e) {
            // As JUnit says it, so that continuous integration finds it in the reports.
            return SkipResult.skip("Assumption failed: SmolLM2-135M-Instruct.Q4_1.gguf cannot be had: " + e.getMessage());
        }
    }
}
