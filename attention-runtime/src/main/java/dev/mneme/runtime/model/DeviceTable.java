package dev.mneme.runtime.model;

import dev.mneme.runtime.cuda.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A table that is filled on the host, number after number, and then copied to the device; filled anew for each step. */
final class DeviceTable {
    private final Device device;
    private final DeviceArray array;
    private MemorySegment host = Arena.ofAuto().allocate(256, Long.BYTES);
    private long bytes;

    DeviceTable(Device device) {
        this.device = device;
        this.array = new DeviceArray(device);
    }

    void clear() {
        bytes = 0;
    }

    void add(int number) {
        host(Integer.BYTES).set(ValueLayout.JAVA_INT_UNALIGNED, bytes, number);
        bytes += Integer.BYTES;
    }

    void add(long number) {
        host(Long.BYTES).set(ValueLayout.JAVA_LONG_UNALIGNED, bytes, number);
        bytes += Long.BYTES;
    }

    private MemorySegment host(int more) {
        if (bytes + more > host.byteSize()) {
            MemorySegment grown = Arena.ofAuto().allocate(2 * host.byteSize(), Long.BYTES);
            MemorySegment.copy(host, 0, grown, 0, bytes);
            host = grown;
        }
        return host;
    }

    /** Copies the table; where it lies on the device. */
    long upload() {
        long address = array.room(bytes);
        if (bytes > 0) {
            device.upload(host.asSlice(0, bytes), address);
        }
        return address;
    }
}
