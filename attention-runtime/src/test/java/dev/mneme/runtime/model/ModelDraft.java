package dev.mneme.runtime.model;

import dev.mneme.runtime.gguf.GgufBytes;
import dev.mneme.runtime.gguf.GgufFile;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A model file made in a test: metadata and F32 tensors. */
final class ModelDraft {
    private static final int ALIGNMENT = 32;

    private final Map<String, Object> entries = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Tensor(long[] shape, float[] values) {}

    ModelDraft set(String key, Object value) {
        entries.put(key, value);
        return this;
    }

    /** A tensor of zeros; the fastest-changing dimension first. */
    ModelDraft tensor(String name, long... shape) {
        return tensor(name, new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))], shape);
    }

    ModelDraft tensor(String name, float[] values, long... shape) {
        tensors.put(name, new Tensor(shape, values));
        return this;
    }

    ModelDraft without(String name) {
        tensors.remove(name);
        return this;
    }

    byte[] bytes() {
        GgufBytes bytes = GgufBytes.head(tensors.size(), entries.size());
        entries.forEach(bytes::entry);
        long offset = 0;
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            bytes.text(tensor.getKey()).u32(tensor.getValue().shape().length);
            for (long length : tensor.getValue().shape()) {
                bytes.u64(length);
            }
            bytes.u32(0).u64(offset);
            long length = (long) tensor.getValue().values().length * Float.BYTES;
            offset += (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
        for (Tensor tensor : tensors.values()) {
            bytes.align(ALIGNMENT).f32s(tensor.values());
        }
        return bytes.align(ALIGNMENT).array();
    }

    GgufFile read() {
        return GgufBytes.read(bytes());
    }
}
