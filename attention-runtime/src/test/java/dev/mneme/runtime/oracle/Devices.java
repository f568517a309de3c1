package dev.mneme.runtime.oracle;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mneme.runtime.cuda.CudaBackend;
import dev.mneme.runtime.kernel.BackendUnavailableException;

/** Whether this machine has a device that tests of the CUDA backend can run on; an emulated driver has one too. */
public final class Devices {
    private Devices() {}

    /** Skips the test where there is none. */
    public static void assumeOne() {
        try {
            CudaBackend.check();
        } catch (BackendUnavailableException e) {
            assumeTrue(false, e.getMessage() + ", or run cuda/emulate");
        }
    }
}
