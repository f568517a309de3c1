package dev.mneme.runtime.cuda;

import dev.mneme.runtime.kernel.BackendUnavailableException;

/** The backend that computes on an NVIDIA device. There are kernels for it, but nothing yet that runs a model with them. */
public final class CudaBackend {
    /** CUDA 12.0, the first whose drivers read PTX 8.0, in which the kernels are. */
    static final int OLDEST_DRIVER = 12_000;
    /** Ampere, the architecture that the kernels' PTX is for; later devices run it too. */
    static final int LEAST_CAPABILITY = 80;

    private static final String INSTEAD = ": choose the vector backend";

    private CudaBackend() {}

    /** Says what this process lacks for computing on a device. Asks the driver. */
    public static BackendUnavailableException unavailable() {
        return unavailable(NvidiaDriver::load);
    }

    static BackendUnavailableException unavailable(DriverSource source) {
        try {
            return new BackendUnavailableException(reason(source.load()) + INSTEAD);
        } catch (DriverException e) {
            return new BackendUnavailableException(e.getMessage() + INSTEAD);
        }
    }

    /** Gives the driver, or says why there is none. */
    @FunctionalInterface
    interface DriverSource {
        Driver load() throws DriverException;
    }

    private static String reason(Driver driver) throws DriverException {
        if (driver.version() < OLDEST_DRIVER) {
            return "the CUDA backend needs a driver for CUDA " + version(OLDEST_DRIVER) + " or newer, and this one is for CUDA "
                    + version(driver.version());
        }
        if (driver.devices() == 0) {
            return "the CUDA backend finds no NVIDIA device, though there is a driver";
        }
        int capability = driver.capability(0);
        if (capability < LEAST_CAPABILITY) {
            return "the CUDA backend needs a device of compute capability " + decimal(LEAST_CAPABILITY) + " or higher, and "
                    + driver.name(0) + " has " + decimal(capability);
        }
        return "the CUDA backend does not run models yet, though " + driver.name(0) + " could be used";
    }

    private static String version(int number) {
        return number / 1000 + "." + number % 1000 / 10;
    }

    private static String decimal(int capability) {
        return capability / 10 + "." + capability % 10;
    }
}
