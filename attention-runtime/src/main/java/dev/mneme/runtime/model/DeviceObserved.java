package dev.mneme.runtime.model;

import dev.mneme.runtime.compute.ComputePool;
import dev.mneme.runtime.cuda.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What looks at a layer's queries and keys between writing and attending and changes neither, done on the CPU with copies of
 * them: the choice of blocks past the window, and where attention goes where somebody asks. Nothing is copied for steps
 * that need none of it.
 */
final class DeviceObserved implements AutoCloseable {
    private final Device device;
    private final PassState state;
    private final DeviceBlocks blocks;
    private final MemorySegment queries;
    private final ComputePool pool;
    private final List<Stages> layers;

    private record Stages(RetrievalStages retrieval, MassStage mass, CaptureStage capture) {}

    /** @param arena owns the room for copies */
    DeviceObserved(Device device, PassState state, DeviceBlocks blocks, Arena arena) {
        this.device = device;
        this.state = state;
        this.blocks = blocks;
        queries = arena.allocate(ValueLayout.JAVA_FLOAT, state.activations.queries.length);
        pool = new ComputePool(state.workers.length, "mneme-compute");
        layers = IntStream.range(0, state.spec.layers())
                .mapToObj(layer -> new Stages(
                        new RetrievalStages(state, layer), new MassStage(state, layer), new CaptureStage(state, layer)))
                .toList();
    }

    void run(int layer, long queriesOnDevice) {
        if (!isObserved(layer)) {
            return;
        }
        blocks.fetch(state.groups.groupOf()[layer], state.groups.indexInGroup()[layer]);
        int count = state.step.rows() * state.spec.queryLength();
        device.download(queriesOnDevice, queries.asSlice(0, (long) count * Float.BYTES));
        MemorySegment.copy(queries, ValueLayout.JAVA_FLOAT, 0, state.activations.queries, 0, count);
        Stages stages = layers.get(layer);
        stages.retrieval.run(pool);
        stages.mass.run(pool);
        stages.capture.run(pool);
    }

    private boolean isObserved(int layer) {
        boolean asked = !state.retrieval.isEmpty()
                || !state.mass.tokens().isEmpty()
                || !state.capture.tokens().isEmpty();
        return asked && state.groups.groupOf()[layer] == 0;
    }

    /** The step has been through all layers. */
    void finish() {
        state.mass.tokens().forEach(StepMass.Recorded::finish);
    }

    @Override
    public void close() {
        pool.close();
    }
}
