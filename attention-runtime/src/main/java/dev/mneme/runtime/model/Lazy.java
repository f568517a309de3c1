package dev.mneme.runtime.model;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value made when first asked for; a failure is not remembered. Thread-safe. */
final class Lazy<T> {
    private final Supplier<T> source;
    private volatile @Nullable T value;

    Lazy(Supplier<T> source) {
        this.source = source;
    }

    T get() {
        T made = value;
        if (made != null) {
            return made;
        }
        synchronized (this) {
            made = value;
            if (made == null) {
                made = source.get();
                value = made;
            }
            return made;
        }
    }

    /** Does something to the value if it was asked for. */
    synchronized void ifMade(Consumer<T> work) {
        T made = value;
        if (made != null) {
            work.accept(made);
        }
    }
}
