package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionShape;
import dev.mneme.runtime.cuda.Device;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.LayerGroup;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Computes on a device, whose kernels keep the CPU's order, so that results have the CPU's bits; layer by layer as
 * {@link HostComputation} does. Choosing blocks past the window, and telling where attention went, stays on the CPU
 * ({@link DeviceObserved}).
 */
final class DeviceComputation implements StepComputation {
    private final Device device;
    private final PassState state;
    private final ModelSpec spec;
    private final List<LayerGroup> groups;
    private final Arena arena = Arena.ofShared();
    private final DeviceWeights weights;
    private final DeviceKernels kernels;
    private final DeviceRows allRows;
    private final DeviceBlocks blocks;
    private final DeviceObserved observed;
    private final DeviceOutput output;
    private final DeviceTable rowNumbers;
    private final DeviceSealing sealing;
    private final DeviceArray partials;
    /** By layer group: where the rows' keys and values go. */
    private final DeviceTable[] places;
    private final long[] placeTables;
    /** By layer group. */
    private final DevicePlans[] plans;
    /** The rows in work: all of a step, or those that want logits. */
    private DeviceRows rows;

    /**
     * Takes a device over.
     *
     * @throws dev.mneme.runtime.cuda.DeviceMemoryException if the model does not fit; the device is closed then
     */
    static DeviceComputation on(Device device, PassState state) {
        try {
            return new DeviceComputation(device, state);
        } catch (RuntimeException e) {
            device.close();
            throw e;
        }
    }

    private DeviceComputation(Device device, PassState state) {
        this.device = device;
        this.state = state;
        this.spec = state.spec;
        this.groups = state.groups.groups();
        weights = new DeviceWeights(device, spec, state.weights, state.groups);
        kernels = new DeviceKernels(device, spec);
        allRows = DeviceRows.allocate(device, spec, ForwardPass.MOST_ROWS);
        rows = allRows;
        blocks = new DeviceBlocks(device);
        observed = new DeviceObserved(device, state, blocks, arena);
        output = new DeviceOutput(device, kernels, weights.output, spec, arena);
        rowNumbers = new DeviceTable(device);
        sealing = new DeviceSealing(device, kernels, blocks);
        partials = new DeviceArray(device);
        places = groups.stream().map(_ -> new DeviceTable(device)).toArray(DeviceTable[]::new);
        placeTables = new long[places.length];
        plans = groups.stream().map(group -> new DevicePlans(device, spec, group.index())).toArray(DevicePlans[]::new);
    }

    @Override
    public void run(Step step) {
        begin(step);
        int last = spec.layers() - 1;
        for (int layer = 0; layer < last; layer++) {
            project(layer);
            transform(layer);
        }
        project(last);
        blocks.fetch();
        observed.finish();
        Step wanted = step.wanted();
        if (wanted.rows() == 0) {
            return;
        }
        if (wanted != step) {
            narrow(step, wanted);
        }
        transform(last);
        output.run(wanted, rows.normed());
    }

    private void begin(Step step) {
        state.begin(step);
        blocks.begin(step, state.sealing, groups);
        rows = allRows;
        rowNumbers.clear();
        for (int row = 0; row < step.rows(); row++) {
            rowNumbers.add(step.token(row));
        }
        kernels.embed(weights.embedding, rowNumbers.upload(), step.rows(), rows.residual());
        kernels.norm(rows.residual(), step.rows(), weights.layers.getFirst().attentionNorm(), rows.normed());
        for (LayerGroup group : groups) {
            putPlaces(step, group.index());
            if (!isPlannedByLayer(group.index())) {
                plans[group.index()].put(state.schedules[group.index()], blocks);
            }
        }
    }

    private void putPlaces(Step step, int group) {
        places[group].clear();
        for (int row = 0; row < step.rows(); row++) {
            int position = step.position(row);
            BlockPayload block = step.rowSlices()[row].written(position / KvLayout.BLOCK, group);
            DevicePlans.put(places[group], blocks.address(block), block, position % KvLayout.BLOCK);
        }
        placeTables[group] = places[group].upload();
    }

    /** Whether each layer of a group chooses blocks of its own. */
    private boolean isPlannedByLayer(int group) {
        return group == 0 && !state.retrieval.isEmpty();
    }

    /** Queries, keys and values of the step's tokens, written to their blocks, and choices of blocks. */
    private void project(int layer) {
        DeviceLayer layerWeights = weights.layers.get(layer);
        int group = state.groups.groupOf()[layer];
        int layerInGroup = state.groups.indexInGroup()[layer];
        int count = state.step.rows();
        kernels.multiply(layerWeights.query(), rows.normed(), count, rows.queries());
        kernels.multiply(layerWeights.key(), rows.normed(), count, rows.keys());
        kernels.multiply(layerWeights.value(), rows.normed(), count, rows.values());
        kernels.heads(rows, count, layerWeights, weights.angles.get(group), placeTables[group], layerInGroup);
        sealing.run(state.sealing, group, layerInGroup);
        observed.run(layer, rows.queries());
    }

    /** Attention and the feed-forward block. */
    private void transform(int layer) {
        DeviceLayer layerWeights = weights.layers.get(layer);
        int count = state.step.rows();
        attend(layer);
        kernels.multiply(layerWeights.output(), rows.attended(), count, rows.delta());
        kernels.join(rows.delta(), layerWeights.postAttentionNorm(), rows.residual(), count,
                layerWeights.feedForwardNorm(), rows.normed());
        kernels.multiply(layerWeights.gate(), rows.normed(), count, rows.gate());
        kernels.multiply(layerWeights.up(), rows.normed(), count, rows.up());
        kernels.gate(rows.gate(), rows.up(), count);
        kernels.multiply(layerWeights.down(), rows.gate(), count, rows.delta());
        long nextNorm = layer == spec.layers() - 1 ? weights.outputNorm : weights.layers.get(layer + 1).attentionNorm();
        kernels.join(rows.delta(), layerWeights.postFeedForwardNorm(), rows.residual(), count, nextNorm, rows.normed());
    }

    private void attend(int layer) {
        int group = state.groups.groupOf()[layer];
        DevicePlans plan = plans[group];
        if (isPlannedByLayer(group)) {
            plan.put(state.schedules[group], blocks);
        }
        long room = partials.room((long) plan.partialRows() * state.partialLength() * Float.BYTES);
        kernels.attend(shape(group, state.groups.indexInGroup()[layer]), plan, rows, weights.angles.get(group), room);
    }

    /** The kernels' {@code Shape}. */
    private byte[] shape(int group, int layerInGroup) {
        AttentionShape shape = state.shapes[group];
        return ByteBuffer.allocate(7 * Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(spec.headDim())
                .putInt(spec.heads())
                .putInt(spec.kvHeads())
                .putInt(shape.window())
                .putInt(layerInGroup)
                .putFloat(shape.scale())
                .putFloat(shape.softcap())
                .array();
    }

    /** Goes on with the rows that want logits. */
    private void narrow(Step step, Step wanted) {
        rowNumbers.clear();
        for (int row : step.wantedRows()) {
            rowNumbers.add(row);
        }
        long numbers = rowNumbers.upload();
        kernels.gather(rows.queries(), spec.queryLength(), numbers, wanted.rows(), rows.wantedQueries());
        kernels.gather(rows.residual(), spec.embeddingLength(), numbers, wanted.rows(), rows.wantedResidual());
        rows = rows.wanted();
        state.narrow(wanted);
        int group = state.groups.groupOf()[spec.layers() - 1];
        if (!isPlannedByLayer(group)) {
            plans[group].put(state.schedules[group], blocks);
        }
    }

    @Override
    public void close() {
        observed.close();
        device.close();
        arena.close();
    }
}
