package dev.mneme.runtime.oracle;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mneme.runtime.cuda.CudaBackend;
import dev.mneme.runtime.cuda.Device;
import dev.mneme.runtime.cuda.EmulatedDevice;
import dev.mneme.runtime.kernel.BackendUnavailableException;

/** The device that tests of the CUDA backend run on: the emulated one where there is one, else the machine's. */
public final class Devices {
    private Devices() {}

    static Device open() {
        return EmulatedDevice.isThere() ? EmulatedDevice.open() : CudaBackend.open();
    }

    /** Skips the test where there is none. */
    public static void assumeOne() {
        if (!EmulatedDevice.isThere()) {
            try {
                CudaBackend.check();
            } catch (BackendUnavailableException e) {
                assumeTrue(false, e.getMessage() + ", or run cuda/emulate");
            }
        }
    }
}
