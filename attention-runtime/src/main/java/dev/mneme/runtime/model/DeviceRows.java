package dev.mneme.runtime.model;

import dev.mneme.runtime.cuda.Device;

/**
 * {@link Activations} on a device: the addresses of one row for each token of a step.
 *
 * @param wantedResidual room for the residual stream of the rows that want logits
 * @param wantedQueries  room for their queries
 */
record DeviceRows(
        long residual, long normed, long delta, long queries, long keys, long values, long attended, long gate, long up,
        long wantedResidual, long wantedQueries) {
    static DeviceRows allocate(Device device, ModelSpec spec, int rows) {
        return new DeviceRows(
                numbers(device, rows, spec.embeddingLength()),
                numbers(device, rows, spec.embeddingLength()),
                numbers(device, rows, spec.embeddingLength()),
                numbers(device, rows, spec.queryLength()),
                numbers(device, rows, spec.kvLength()),
                numbers(device, rows, spec.kvLength()),
                numbers(device, rows, spec.queryLength()),
                numbers(device, rows, spec.feedForwardLength()),
                numbers(device, rows, spec.feedForwardLength()),
                numbers(device, rows, spec.embeddingLength()),
                numbers(device, rows, spec.queryLength()));
    }

    /** The same rows, but for those that were gathered of the residual stream and of the queries. */
    DeviceRows wanted() {
        return new DeviceRows(
                wantedResidual, normed, delta, wantedQueries, keys, values, attended, gate, up, wantedResidual, wantedQueries);
    }

    private static long numbers(Device device, int rows, int length) {
        return device.allocate((long) rows * length * Float.BYTES);
    }
}
