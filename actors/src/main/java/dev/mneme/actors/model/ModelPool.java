package dev.mneme.actors.model;

import dev.mneme.actors.engine.DeviceTurns;
import dev.mneme.errors.MnemeClosed;
import dev.mneme.errors.MnemeException;
import dev.mneme.errors.ModelFailed;
import dev.mneme.runtime.model.RuntimeOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The models of a process, by the hash of their file: loaded at first use, kept while used, unloaded by
 * {@link #unloadIdle} after a while. Thread-safe; loading blocks the caller and whoever wants a model meanwhile.
 */
public final class ModelPool implements AutoCloseable {
    private final ModelSource source;
    private final RuntimeOptions options;
    private final DeviceTurns device = new DeviceTurns();
    private final Map<String, LoadedModel> loaded = new HashMap<>();
    private boolean closed;

    /** A pool that finds models in {@code source} and runs them as {@code options} say. */
    public ModelPool(ModelSource source, RuntimeOptions options) {
        this.source = source;
        this.options = options;
    }

    /** Where a model's file is, without loading it. */
    public ModelSource.LocatedModel locate(String name) {
        return source.locate(name);
    }

    /**
     * Takes a model for use, loading it if it is not there; {@link LoadedModel#release} when done.
     *
     * @throws ModelFailed if it cannot be loaded, or is not the file that {@code sha256} names
     */
    public synchronized LoadedModel acquire(String name, String sha256) {
        if (closed) {
            throw new MnemeClosed("model '" + name + "'");
        }
        LoadedModel model = loaded.get(sha256);
        if (model == null) {
            model = load(name, sha256);
            loaded.put(sha256, model);
        }
        model.use();
        return model;
    }

    private LoadedModel load(String name, String sha256) {
        ModelSource.LocatedModel located = source.locate(name);
        if (!located.sha256().equals(sha256)) {
            throw new ModelFailed(
                    name,
                    "the file %s is not the one that the session was created with (its SHA-256 is %s, not %s)"
                            .formatted(located.file(), located.sha256(), sha256),
                    null);
        }
        try {
            return LoadedModel.load(located, options, device);
        } catch (MnemeException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new ModelFailed(name, e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    /** Unloads the models that nobody has used for {@code idle}. */
    public synchronized void unloadIdle(Duration idle) {
        for (Iterator<LoadedModel> each = loaded.values().iterator(); each.hasNext(); ) {
            LoadedModel model = each.next();
            if (model.idleFor(idle.toNanos())) {
                each.remove();
                model.close();
            }
        }
    }

    /** Stops all engines between two steps and unloads their models. */
    @Override
    public synchronized void close() {
        closed = true;
        loaded.values().forEach(LoadedModel::close);
        loaded.clear();
    }
}
