package dev.mneme.runtime.model;

import dev.mneme.runtime.attention.AttentionPlan;
import dev.mneme.runtime.attention.AttentionTile;
import dev.mneme.runtime.cuda.Device;
import dev.mneme.runtime.kv.BlockPayload;
import dev.mneme.runtime.model.AttentionSchedule.TileWork;

/** The attention of a step in one layer group as the kernels of {@code attention.cu} read it. */
final class DevicePlans {
    private final int kvHeads;
    private final int queryHeads;
    private final int group;
    private final DeviceTable tiles;
    private final DeviceTable tasks;
    private final DeviceTable places;
    private long tileTable;
    private long taskTable;
    private long placeTable;
    private int tileCount;
    private int taskCount;
    private int placeCount;
    private int mostRows;
    private int partialRows;

    /** Plans of a layer group. */
    DevicePlans(Device device, ModelSpec spec, int group) {
        this.group = group;
        kvHeads = spec.kvHeads();
        queryHeads = spec.heads() / spec.kvHeads();
        tiles = new DeviceTable(device);
        tasks = new DeviceTable(device);
        places = new DeviceTable(device);
    }

    /** Takes over a schedule, whose plans are made. */
    void put(AttentionSchedule schedule, DeviceBlocks blocks) {
        tiles.clear();
        tasks.clear();
        places.clear();
        tileCount = 0;
        taskCount = 0;
        placeCount = 0;
        mostRows = 0;
        partialRows = 0;
        schedule.tiles.forEach(work -> put(work, blocks));
        tileTable = tiles.upload();
        taskTable = tasks.upload();
        placeTable = places.upload();
    }

    private void put(TileWork work, DeviceBlocks blocks) {
        AttentionTile first = work.tiles().apply(0);
        int rows = work.tokens() * queryHeads;
        boolean shared = kvHeads == 1 || work.tiles().apply(1) == first;
        tiles.add(work.row());
        tiles.add(work.tokens());
        tiles.add(first.offset());
        tiles.add(placeCount);
        tiles.add(first.plan().size());
        tiles.add(shared ? 0 : first.plan().size());
        tiles.add(partialRows);
        for (int kvHead = 0; kvHead < (shared ? 1 : kvHeads); kvHead++) {
            put(work.tiles().apply(kvHead), work.slice(), blocks);
        }
        for (int split = 0; split < work.splits(); split++) {
            tasks.add(tileCount);
            tasks.add(split);
        }
        tileCount++;
        taskCount += work.splits();
        partialRows += work.splits() * kvHeads * rows;
        mostRows = Math.max(mostRows, rows);
    }

    private void put(AttentionTile tile, RunSlice slice, DeviceBlocks blocks) {
        AttentionPlan plan = tile.plan();
        for (int entry = 0; entry < plan.size(); entry++) {
            BlockPayload payload = tile.payloads()[entry];
            long address = slice.name(plan.block(entry))
                    .map(name -> blocks.address(payload, name, group))
                    .orElseGet(() -> blocks.address(payload));
            put(places, address, payload, plan.distance(entry));
            placeCount++;
        }
    }

    /** A {@code Place} of the kernels: a block, its format, and an offset in it or its distance. */
    static void put(DeviceTable table, long address, BlockPayload payload, int offset) {
        table.add(address);
        table.add(payload.layout().format().ordinal());
        table.add(offset);
    }

    long tileTable() {
        return tileTable;
    }

    long taskTable() {
        return taskTable;
    }

    long placeTable() {
        return placeTable;
    }

    int tiles() {
        return tileCount;
    }

    /** Splits of all tiles. */
    int tasks() {
        return taskCount;
    }

    /** Query rows of the largest tile for a KV head. */
    int mostRows() {
        return mostRows;
    }

    /** Query rows of all tiles, splits and KV heads. */
    int partialRows() {
        return partialRows;
    }
}
