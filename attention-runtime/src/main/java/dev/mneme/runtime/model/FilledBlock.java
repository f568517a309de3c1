package dev.mneme.runtime.model;

import java.util.ArrayList;
import java.util.List;

/** A block that gets its last token in a step. */
record FilledBlock(RunSlice slice, int block) {

    /** The blocks that a step fills and that are sealed into a quantized format. */
    static List<FilledBlock> quantized(Step step) {
        List<FilledBlock> filled = new ArrayList<>();
        for (RunSlice slice : step.slices()) {
            for (int block = slice.firstOwnBlock(); block < slice.fullBlocks(); block++) {
                if (slice.run.memory().format(block).isQuantized()) {
                    filled.add(new FilledBlock(slice, block));
                }
            }
        }
        return filled;
    }
}
