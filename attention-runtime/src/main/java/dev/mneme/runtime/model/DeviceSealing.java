package dev.mneme.runtime.model;

import dev.mneme.runtime.cuda.Device;
import dev.mneme.runtime.kv.KvFormat;
import java.util.List;

/** {@link SealingStage} on a device: blocks that a step fills are quantized there, format by format. */
final class DeviceSealing {
    private final DeviceKernels kernels;
    private final DeviceBlocks blocks;
    private final DeviceTable written;
    private final DeviceTable sealed;

    DeviceSealing(Device device, DeviceKernels kernels, DeviceBlocks blocks) {
        this.kernels = kernels;
        this.blocks = blocks;
        written = new DeviceTable(device);
        sealed = new DeviceTable(device);
    }

    void run(List<FilledBlock> filled, int group, int layerInGroup) {
        for (KvFormat format : KvFormat.values()) {
            List<FilledBlock> due = filled.stream().filter(block -> format(block) == format).toList();
            if (!due.isEmpty()) {
                seal(due, format, group, layerInGroup);
            }
        }
    }

    private static KvFormat format(FilledBlock filled) {
        return filled.slice().run.memory().format(filled.block());
    }

    private void seal(List<FilledBlock> due, KvFormat format, int group, int layerInGroup) {
        written.clear();
        sealed.clear();
        for (FilledBlock filled : due) {
            written.add(blocks.address(filled.slice().written(filled.block(), group)));
            sealed.add(blocks.address(filled.slice().sealed(filled.block(), group)));
        }
        kernels.seal(written.upload(), sealed.upload(), due.size(), format.ordinal(), layerInGroup);
    }
}
