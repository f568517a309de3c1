package dev.mneme.actors.memory;

import dev.mneme.runtime.kv.KvFormat;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A block in buffers of our own: its rows as they are written, and, once a step fills it, what is kept of it. Only blocks
 * of a quantized format are kept as other bytes than were written. For the engine thread.
 */
final class OpenBlock {
    private final BlockForm form;
    private final BlockForm writtenForm;
    private final MemorySegment[] written;
    private MemorySegment @Nullable [] sealed;

    OpenBlock(MemorySpace space, KvFormat format) {
        this.form = space.form(format);
        this.writtenForm = space.form(format.written());
        this.written = writtenForm.buffers().acquire();
        this.sealed = format.isQuantized() ? null : written;
    }

    /** The rows so far, by layer group. */
    MemorySegment[] written() {
        return written;
    }

    /** Whether there is what {@link #sealed} answers: of a quantized block only once a step fills it. */
    boolean isSealed() {
        return sealed != null;
    }

    /** The block as it is kept, by layer group: to be written by the step that fills it, and read from then on. */
    MemorySegment[] sealed() {
        if (sealed == null) {
            sealed = form.buffers().acquire();
        }
        return sealed;
    }

    /** How it is kept. */
    BlockForm form() {
        return form;
    }

    /** Gives the buffers back; nobody reads them any more. */
    void release() {
        writtenForm.buffers().release(written);
        if (sealed != null && sealed != written) {
            form.buffers().release(sealed);
        }
    }
}
