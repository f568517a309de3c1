package dev.mneme.runtime.model;

import dev.mneme.runtime.cuda.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The logits of a step's rows, a few at a time, from the device to those who want them. */
final class DeviceOutput {
    private static final int ROWS_AT_ONCE = 16;

    private final Device device;
    private final DeviceKernels kernels;
    private final DeviceMatrix weights;
    private final float cap;
    private final long onDevice;
    private final MemorySegment onHost;
    private final float[] logits;

    /** @param arena owns the room on the host */
    DeviceOutput(Device device, DeviceKernels kernels, DeviceMatrix weights, ModelSpec spec, Arena arena) {
        this.device = device;
        this.kernels = kernels;
        this.weights = weights;
        this.cap = spec.finalLogitSoftcap();
        onHost = arena.allocate(ValueLayout.JAVA_FLOAT, (long) ROWS_AT_ONCE * weights.rows());
        onDevice = device.allocate(onHost.byteSize());
        logits = new float[weights.rows()];
    }

    /** Computes and hands out the logits of all rows of a step, in order; {@code normed} has the norm of the residual stream. */
    void run(Step step, long normed) {
        for (int row = 0; row < step.rows(); row += ROWS_AT_ONCE) {
            int count = Math.min(ROWS_AT_ONCE, step.rows() - row);
            kernels.multiply(weights, normed + (long) row * weights.columns() * Float.BYTES, count, onDevice);
            if (cap != 0) {
                kernels.softcap(onDevice, cap, count * weights.rows());
            }
            device.download(onDevice, onHost.asSlice(0, (long) count * weights.rows() * Float.BYTES));
            for (int i = 0; i < count; i++) {
                MemorySegment.copy(onHost, ValueLayout.JAVA_FLOAT, (long) i * weights.rows() * Float.BYTES, logits, 0, logits.length);
                RunSlice slice = step.rowSlices()[row + i];
                slice.run.sink().accept(slice.from + row + i - slice.row, logits);
            }
        }
    }
}
