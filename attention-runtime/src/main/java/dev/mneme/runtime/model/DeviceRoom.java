package dev.mneme.runtime.model;

import dev.mneme.runtime.cuda.Device;
import dev.mneme.runtime.cuda.DeviceMemoryException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Room for blocks on a device. What is given back is kept for blocks of the same size, until the device has no more. */
final class DeviceRoom {
    private final Device device;
    /** By size. */
    private final Map<Long, Deque<Long>> free = new HashMap<>();

    DeviceRoom(Device device) {
        this.device = device;
    }

    /**
     * Room of this size.
     *
     * @throws DeviceMemoryException if the device has no more, and none was given back
     */
    long take(long bytes) {
        Deque<Long> sameSize = free.get(bytes);
        if (sameSize != null && !sameSize.isEmpty()) {
            return sameSize.pop();
        }
        try {
            return device.allocate(bytes);
        } catch (DeviceMemoryException full) {
            if (!releaseAll()) {
                throw full;
            }
            return device.allocate(bytes);
        }
    }

    private boolean releaseAll() {
        boolean released = false;
        for (Deque<Long> addresses : free.values()) {
            released |= !addresses.isEmpty();
            addresses.forEach(device::free);
        }
        free.clear();
        return released;
    }

    /** Gives room back. */
    void giveBack(long address, long bytes) {
        free.computeIfAbsent(bytes, _ -> new ArrayDeque<>()).push(address);
    }
}
