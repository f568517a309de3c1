package dev.mneme;

import dev.mneme.models.ModelCatalog;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.model.RuntimeOptions;
import dev.mneme.store.StoreOptions;
import java.nio.file.Path;

/** Small random models, and homes for them that open fast. */
final class TinyModels {
    private static final Path FOLDER = Path.of(
            System.getProperty("mneme.rootDir"), "attention-runtime", "src", "test", "resources", "oracle", "tiny");

    private TinyModels() {}

    static String llama() {
        return path("llama");
    }

    static String qwen2() {
        return path("qwen2");
    }

    private static String path(String name) {
        return FOLDER.resolve(name + ".gguf").toString();
    }

    static MnemeOpening home(Path directory) {
        return Mneme.at(directory.resolve("home"))
                .models(ModelCatalog.in(directory.resolve("models")))
                .runtime(new RuntimeOptions(Backend.VECTOR, 1))
                .store(StoreOptions.defaults().withArenaBytes(16L << 20));
    }

    static Session llama(Mneme mneme, String name) {
        return llama(mneme.tenant(Mneme.DEFAULT_TENANT), name);
    }

    /** One that ends at the model's window. */
    static Session dense(Mneme mneme, String name) {
        return mneme.session(name).model(llama()).raw().memory(MemoryPolicy.dense()).open();
    }

    static Session llama(Tenant tenant, String name) {
        return tenant.session(name).model(llama()).raw().open();
    }
}
