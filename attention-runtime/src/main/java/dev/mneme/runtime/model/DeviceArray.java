package dev.mneme.runtime.model;

import dev.mneme.runtime.cuda.Device;

/** Memory of a device that grows with what is asked for. It ends with the device. */
final class DeviceArray {
    private final Device device;
    private long address;
    private long capacity;

    DeviceArray(Device device) {
        this.device = device;
    }

    /** Room for so many bytes; what was in it is lost when it grows. */
    long room(long bytes) {
        if (capacity < bytes) {
            if (capacity > 0) {
                device.free(address);
                capacity = 0;
            }
            long grown = Math.max(bytes, 256);
            address = device.allocate(grown);
            capacity = grown;
        }
        return address;
    }
}
