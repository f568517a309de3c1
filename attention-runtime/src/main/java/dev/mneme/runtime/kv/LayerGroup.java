package dev.mneme.runtime.kv;

import java.util.List;

/**
 * Layers that share an attention window and therefore the same stored blocks.
 *
 * @param index  place of the group in {@link KvLayout#groups()}; group 0 holds the global layers
 * @param window number of positions that a query sees, its own included; 0 means all of them
 * @param layers the model's layer numbers, ascending
 */
public record LayerGroup(int index, int window, List<Integer> layers) {
    /** Copies the list of layers. */
    public LayerGroup {
        layers = List.copyOf(layers);
        if (index < 0 || window < 0 || layers.isEmpty()) {
            throw new IllegalArgumentException(
                    "a layer group needs an index and a window of at least 0, and a layer: index "
                            + index + ", window " + window + ", layers " + layers);
        }
    }
}
