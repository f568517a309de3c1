package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.RopePage;
import dev.mneme.runtime.attention.RopeTable;
import dev.mneme.runtime.cuda.Device;
import dev.mneme.runtime.gguf.GgufTensor;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.LayerGroup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Copies what does not change from step to step to a device: weights, quantized as they are stored, and rotation tables. */
final class DeviceWeights {
    private final Device device;
    private final Map<String, DeviceMatrix> matrices = new HashMap<>();
    final DeviceMatrix embedding;
    final List<DeviceLayer> layers;
    final long outputNorm;
    final DeviceMatrix output;
    /** By layer group. */
    final List<Angles> angles;

    /** Cosines and sines, {@code [distance][headDim / 2]} each, by single tokens. */
    record Angles(long cosines, long sines) {}

    DeviceWeights(Device device, ModelSpec spec, ModelWeights weights, LayerGroups groups) {
        this.device = device;
        embedding = matrix(weights.embedding());
        layers = weights.layers().stream().map(this::layer).toList();
        outputNorm = numbers(weights.outputNorm());
        output = matrix(weights.output().stored());
        angles = groups.groups().stream()
                .map(group -> angles(group, groups.ropeTables().get(group.index()), spec))
                .toList();
    }

    private DeviceLayer layer(LayerWeights layer) {
        return new DeviceLayer(
                numbers(layer.attentionNorm()),
                matrix(layer.query().stored()),
                matrix(layer.key().stored()),
                matrix(layer.value().stored()),
                numbers(layer.queryBias()),
                numbers(layer.keyBias()),
                numbers(layer.valueBias()),
                numbers(layer.queryNorm()),
                numbers(layer.keyNorm()),
                matrix(layer.output().stored()),
                numbers(layer.postAttentionNorm()),
                numbers(layer.feedForwardNorm()),
                matrix(layer.gate().stored()),
                matrix(layer.up().stored()),
                matrix(layer.down().stored()),
                numbers(layer.postFeedForwardNorm()));
    }

    /** Embedding and output may be one tensor, which is copied once. */
    private DeviceMatrix matrix(GgufTensor tensor) {
        return matrices.computeIfAbsent(tensor.name(), _ -> {
            long address = device.allocate(tensor.data().byteSize());
            device.upload(tensor.data(), address);
            return new DeviceMatrix(address, tensor.type(), tensor.rows(), tensor.columns());
        });
    }

    private long numbers(float @Nullable [] numbers) {
        if (numbers == null) {
            return 0;
        }
        long address = device.allocate((long) numbers.length * Float.BYTES);
        upload(numbers, address);
        return address;
    }

    private void upload(float[] numbers, long address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_FLOAT, numbers);
            device.upload(copy, address);
        }
    }

    private Angles angles(LayerGroup group, RopeTable table, ModelSpec spec) {
        int window = (spec.contextLength() + KvLayout.BLOCK - 1) / KvLayout.BLOCK;
        int pages = group.window() == 0 ? window : Math.min(window, group.window() / KvLayout.BLOCK + 2);
        long pageBytes = (long) KvLayout.BLOCK * spec.headDim() / 2 * Float.BYTES;
        long cosines = device.allocate(pages * pageBytes);
        long sines = device.allocate(pages * pageBytes);
        for (int distance = 0; distance < pages; distance++) {
            RopePage page = table.page(distance);
            upload(page.cos(), cosines + distance * pageBytes);
            upload(page.sin(), sines + distance * pageBytes);
        }
        return new Angles(cosines, sines);
    }
}
