package dev.mneme.runtime.cuda;

import dev.mneme.runtime.kernel.BackendUnavailableException;

/** The backend that computes on an NVIDIA device: finds out whether this machine has one that can be used, and opens it. */
public final class CudaBackend {
    /** CUDA 12.0, the first whose drivers read PTX 8.0, in which the kernels are. */
    static final int OLDEST_DRIVER = 12_000;
    /** Ampere, the architecture that the kernels' PTX is for; later devices run it too. */
    static final int LEAST_CAPABILITY = 80;

    private static final String INSTEAD = ": choose the vector backend";

    private CudaBackend() {}

    /**
     * Asks the driver whether there is a device that can be used.
     *
     * @throws BackendUnavailableException if not; the message says what this machine lacks
     */
    public static void check() {
        Driver unused = usable(NvidiaDriver::load);
    }

    /**
     * Opens the first device.
     *
     * @throws BackendUnavailableException if there is none that can be used; the message says what this machine lacks
     * @throws DeviceException if it refuses to load the kernels
     */
    public static Device open() {
        Driver driver = usable(NvidiaDriver::load);
        try {
            return driver.open(0);
        } catch (DriverException e) {
            throw unavailable(e);
        }
    }

    static Driver usable(DriverSource source) {
        try {
            Driver driver = source.load();
            refuse(driver);
            return driver;
        } catch (DriverException e) {
            throw unavailable(e);
        }
    }

    private static BackendUnavailableException unavailable(DriverException why) {
        return new BackendUnavailableException(why.getMessage() + INSTEAD);
    }

    /** Gives the driver, or says why there is none. */
    @FunctionalInterface
    interface DriverSource {
        Driver load() throws DriverException;
    }

    private static void refuse(Driver driver) throws DriverException {
        if (driver.version() < OLDEST_DRIVER) {
            throw new DriverException("the CUDA backend needs a driver for CUDA " + version(OLDEST_DRIVER)
                    + " or newer, and this one is for CUDA " + version(driver.version()));
        }
        if (driver.devices() == 0) {
            throw new DriverException("the CUDA backend finds no NVIDIA device, though there is a driver");
        }
        int capability = driver.capability(0);
        if (capability < LEAST_CAPABILITY) {
            throw new DriverException("the CUDA backend needs a device of compute capability " + decimal(LEAST_CAPABILITY)
                    + " or higher, and " + driver.name(0) + " has " + decimal(capability));
        }
    }

    private static String version(int number) {
        return number / 1000 + "." + number % 1000 / 10;
    }

    private static String decimal(int capability) {
        return capability / 10 + "." + capability % 10;
    }
}
