package dev.mneme.runtime.model;

import dev.mneme.runtime.cuda.Device;
import dev.mneme.runtime.cuda.DeviceMemoryException;
import dev.mneme.runtime.kv.BlockName;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.kv.LayerGroup;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies of blocks on a device. A block is copied there when a step asks for it first, and those that the step writes are
 * copied back. A copy whose name is known stays for later steps until the device has no memory left, those go first that were
 * asked for longest ago; of others nobody knows whether their place on the host has other bytes by the next step.
 */
final class DeviceBlocks {
    private static final float LOAD_FACTOR = 0.75f;

    private final Device device;
    private final DeviceRoom room;
    /** Those of the step that have no name, by their address on the host. */
    private final Map<Long, Copy> ofStep = new HashMap<>();
    /** By name, the one asked for longest ago first. */
    private final Map<Named, Copy> named = new LinkedHashMap<>(16, LOAD_FACTOR, true);
    private final List<Written> written = new ArrayList<>();
    private long step;

    private static final class Copy {
        final long address;
        final long bytes;
        long lastStep;

        Copy(long address, long bytes) {
            this.address = address;
            this.bytes = bytes;
        }
    }

    private record Named(BlockName name, int group) {}

    private record Written(BlockPayload payload, int group) {}

    DeviceBlocks(Device device) {
        this.device = device;
        this.room = new DeviceRoom(device);
    }

    /** Begins a step, whose blocks are copied back by {@link #fetch()}; {@code filled} are those that it seals. */
    void begin(Step next, List<FilledBlock> filled, List<LayerGroup> groups) {
        step++;
        ofStep.values().forEach(copy -> room.giveBack(copy.address, copy.bytes));
        ofStep.clear();
        written.clear();
        for (LayerGroup group : groups) {
            next.slices().forEach(slice -> addWritten(slice, group.index()));
            filled.forEach(block -> written.add(new Written(block.slice().sealed(block.block(), group.index()), group.index())));
        }
    }

    private void addWritten(RunSlice slice, int group) {
        for (int block = slice.firstOwnBlock(); block <= slice.lastOwnBlock(); block++) {
            written.add(new Written(slice.written(block, group), group));
        }
    }

    /** Where a block lies on the device for this step. */
    long address(BlockPayload payload) {
        long host = payload.bytes().address();
        Copy copy = ofStep.get(host);
        if (copy == null) {
            copy = copy(payload.bytes());
            ofStep.put(host, copy);
        }
        return copy.address;
    }

    /** Where a sealed block of a layer group lies on the device for this step. */
    long address(BlockPayload payload, BlockName name, int group) {
        Named key = new Named(name, group);
        Copy copy = named.get(key);
        if (copy == null) {
            copy = copy(payload.bytes());
            named.put(key, copy);
        }
        copy.lastStep = step;
        return copy.address;
    }

    private Copy copy(MemorySegment host) {
        Copy copy = new Copy(take(host.byteSize()), host.byteSize());
        device.upload(host, copy.address);
        return copy;
    }

    private long take(long bytes) {
        while (true) {
            try {
                return room.take(bytes);
            } catch (DeviceMemoryException full) {
                if (!dropEldest()) {
                    throw full;
                }
            }
        }
    }

    /** Whether there was one that this step does not need. */
    private boolean dropEldest() {
        Iterator<Copy> eldestFirst = named.values().iterator();
        if (!eldestFirst.hasNext()) {
            return false;
        }
        Copy eldest = eldestFirst.next();
        if (eldest.lastStep == step) {
            return false;
        }
        eldestFirst.remove();
        room.giveBack(eldest.address, eldest.bytes);
        return true;
    }

    /** Copies back what the step has written. */
    void fetch() {
        written.forEach(block -> device.download(address(block.payload), block.payload.bytes()));
    }

    /** Copies back what the step has written in one layer. */
    void fetch(int group, int layerInGroup) {
        for (Written block : written) {
            if (block.group == group) {
                long from = block.payload.layout().keyOffset(layerInGroup, 0);
                MemorySegment layer = block.payload.bytes().asSlice(from, block.payload.layout().layerBytes());
                device.download(address(block.payload) + from, layer);
            }
        }
    }
}
