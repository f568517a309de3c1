package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.RopeTable;
import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.LayerGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's layers by their window and rotation: those of a group share blocks, plans and tables.
 * The group of the global layers comes first.
 *
 * @param groups       the groups, each at its index
 * @param ropeTables   the rotation table of each group
 * @param groupOf      the group of each layer
 * @param indexInGroup the place of each layer in its group
 */
record LayerGroups(List<LayerGroup> groups, List<RopeTable> ropeTables, int[] groupOf, int[] indexInGroup) {
    static LayerGroups of(GgufFile file, ModelSpec spec) {
        List<LayerGroup> groups = new ArrayList<>();
        List<RopeTable> tables = new ArrayList<>();
        int[] groupOf = new int[spec.layers()];
        int[] indexInGroup = new int[spec.layers()];
        for (List<Integer> layers : layersByKind(spec)) {
            int group = groups.size();
            int first = layers.getFirst();
            groups.add(new LayerGroup(group, spec.slidingWindow(first), layers));
            int distances = Math.max(spec.contextLength(), RetrievalStages.DISTANCE + KvLayout.BLOCK);
            tables.add(new RopeTable(RopeFrequencies.of(file, spec, first), distances));
            for (int i = 0; i < layers.size(); i++) {
                groupOf[layers.get(i)] = group;
                indexInGroup[layers.get(i)] = i;
            }
        }
        return new LayerGroups(List.copyOf(groups), List.copyOf(tables), groupOf, indexInGroup);
    }

    private static Collection<List<Integer>> layersByKind(ModelSpec spec) {
        Map<LayerSpec, List<Integer>> kinds = new LinkedHashMap<>();
        spec.layerSpecs().stream().filter(kind -> kind.window() == 0).forEach(kind -> kinds.put(kind, new ArrayList<>()));
        for (int layer = 0; layer < spec.layers(); layer++) {
            kinds.computeIfAbsent(spec.layerSpecs().get(layer), kind -> new ArrayList<>()).add(layer);
        }
        return kinds.values();
    }
}
