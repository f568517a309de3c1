package dev.mneme.runtime.cuda;

/** What is asked of the NVIDIA driver. Every method throws with the driver's own words where it cannot answer. */
interface Driver {
    /** The newest CUDA version that the driver is for, 12060 being 12.6. */
    int version() throws DriverException;

    /** Number of devices that this process may see. */
    int devices() throws DriverException;

    /** A device's product name. */
    String name(int device) throws DriverException;

    /** A device's compute capability times ten. */
    int capability(int device) throws DriverException;

    /** Opens a device. */
    Device open(int device) throws DriverException;
}
