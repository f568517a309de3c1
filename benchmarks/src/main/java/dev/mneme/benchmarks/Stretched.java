package dev.mneme.benchmarks;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.RuntimeOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The model with a window as long as the longest text, where an arm asks for true distances. */
record Stretched(@Nullable OtherWindow file, @Nullable LanguageModel model, @Nullable ForwardPass pass)
        implements AutoCloseable {

    static Stretched of(Path gguf, List<String> policies, int longest, RuntimeOptions options) {
        if (!policies.contains(ArmNames.TRUE_DISTANCES)) {
            return new Stretched(null, null, null);
        }
        OtherWindow file = OtherWindow.of(gguf, longest);
        LanguageModel model = LanguageModel.open(file.path(), options);
        return new Stretched(file, model, model.newForwardPass());
    }

    /** The arm of this name, if it is the one that needs the stretched window. */
    Optional<Arm> arm(String name) {
        return name.equals(ArmNames.TRUE_DISTANCES) && model != null && pass != null
                ? Optional.of(new Arm(name, model, pass, MemoryPolicy.dense()))
                : Optional.empty();
    }

    @Override
    public void close() {
        if (pass != null && model != null && file != null) {
            pass.close();
            model.close();
            file.close();
        }
    }
}
