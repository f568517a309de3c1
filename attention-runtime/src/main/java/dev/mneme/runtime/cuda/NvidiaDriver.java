package dev.mneme.runtime.cuda;

import java.nio.charset.StandardCharsets;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** The driver of this machine, through JCuda. */
final class NvidiaDriver implements Driver {
    private static final int LONGEST_NAME = 256;
    private static final int TEN = 10;

    private NvidiaDriver() {}

    /** Loads JCuda's library, which needs the driver's, and starts the driver. */
    static Driver load() throws DriverException {
        int result;
        try {
            result = JCudaDriver.cuInit(0);
        } catch (LinkageError e) { // in the static initializer of JCudaDriver, as an error of another class the second time
            throw new DriverException("the CUDA backend finds no NVIDIA driver (libcuda.so.1) on this machine", e);
        }
        if (result == CUresult.CUDA_ERROR_NO_DEVICE) {
            throw new DriverException("the CUDA backend finds no NVIDIA device, though there is a driver");
        }
        check(result, "cuInit");
        return new NvidiaDriver();
    }

    @Override
    public int version() throws DriverException {
        int[] version = new int[1];
        check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
        return version[0];
    }

    @Override
    public int devices() throws DriverException {
        int[] count = new int[1];
        check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
        return count[0];
    }

    @Override
    public String name(int device) throws DriverException {
        byte[] name = new byte[LONGEST_NAME];
        check(JCudaDriver.cuDeviceGetName(name, name.length, handle(device)), "cuDeviceGetName");
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        return new String(name, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public int capability(int device) throws DriverException {
        CUdevice handle = handle(device);
        return TEN * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, handle)
                + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, handle);
    }

    @Override
    public Device open(int device) throws DriverException {
        return new NvidiaDevice(handle(device), name(device));
    }

    private static int attribute(int attribute, CUdevice device) throws DriverException {
        int[] value = new int[1];
        check(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
        return value[0];
    }

    private static CUdevice handle(int device) throws DriverException {
        CUdevice handle = new CUdevice();
        check(JCudaDriver.cuDeviceGet(handle, device), "cuDeviceGet");
        return handle;
    }

    private static void check(int result, String call) throws DriverException {
        if (result != CUresult.CUDA_SUCCESS) {
            throw new DriverException("the NVIDIA driver answers " + call + " with " + CUresult.stringFor(result));
        }
    }
}
