// Attention over the blocks of a plan, split by split, and the merging of splits: dev.mneme.runtime.kernel.Kernels.attend and
// dev.mneme.runtime.attention.SplitMerge, in their order. No result depends on which thread block runs when.
#include "kv.cuh"

#define ROWS 4
#define THREADS (ROWS * BLOCK_TOKENS)
#define MOST_HEAD_DIM 256
#define DIMENSIONS (MOST_HEAD_DIM / BLOCK_TOKENS)
#define SPLIT 8

// Consecutive query tokens of one session that share a plan. row is the first one's row of the batch, offset its offset in
// its block; the plan's entries are places[entry] with the distance in blocks as offset, those of the next KV head
// ofHead further: 0 where all share one plan; its partial results start at partial, counted in query rows.
struct Tile {
    int row;
    int tokens;
    int offset;
    int firstEntry;
    int entries;
    int ofHead;
    int partial;
};

// One split of one tile: blockIdx.x.
struct SplitTask {
    int tile;
    int split;
};

// What attention of a layer is given; window 0 sees everything, softcap 0 leaves scores.
struct Shape {
    int headDim;
    int heads;
    int kvHeads;
    int window;
    int layerInGroup;
    float scale;
    float softcap;
};

// Greatest number of each group of 64 threads, for all its threads. Begins and ends with a barrier.
__device__ float greatest(float number, float (*warps)[2]) {
    int group = threadIdx.x / BLOCK_TOKENS;
    for (int step = 16; step > 0; step /= 2) {
        number = fmaxf(number, __shfl_xor_sync(FULL_WARP, number, step));
    }
    __syncthreads();
    if (threadIdx.x % 32 == 0) {
        warps[group][threadIdx.x / 32 % 2] = number;
    }
    __syncthreads();
    return fmaxf(warps[group][0], warps[group][1]);
}

// One split of a tile for one KV head (blockIdx.y) and ROWS of its query rows (blockIdx.z), 64 threads a row: a thread
// scores one key over ascending dimensions, then sums up to four dimensions over ascending keys. Query row i * queryHeads
// + h, of token i and head h of the KV head, leaves headDim outputs, the maximum and the sum. Rows that are not there are
// computed as the last one and not written. cosines and sines are [distance][headDim / 2], by single tokens.
extern "C" __global__ void __launch_bounds__(THREADS) attend(
        Shape shape, Address tiles, Address tasks, Address places, Address queries, Address cosines, Address sines,
        Address partials) {
    __shared__ float query[ROWS][MOST_HEAD_DIM];
    __shared__ float probabilities[ROWS][BLOCK_TOKENS];
    __shared__ float warps[ROWS][2];
    __shared__ float lanes[ROWS][LANES];
    SplitTask task = ((const SplitTask*) tasks)[blockIdx.x];
    Tile tile = ((const Tile*) tiles)[task.tile];
    int headDim = shape.headDim;
    int queryHeads = shape.heads / shape.kvHeads;
    int rows = tile.tokens * queryHeads;
    if ((int) blockIdx.z * ROWS >= rows) {
        return;
    }
    int kvHead = blockIdx.y;
    int group = threadIdx.x / BLOCK_TOKENS;
    int j = threadIdx.x % BLOCK_TOKENS;
    int queryRow = blockIdx.z * ROWS + group;
    bool present = queryRow < rows;
    int computed = min(queryRow, rows - 1);
    int offset = tile.offset + computed / queryHeads;
    const float* unrotated = (const float*) queries
            + ((long long) (tile.row + computed / queryHeads) * shape.heads + kvHead * queryHeads + computed % queryHeads) * headDim;
    float maximum = -INFINITE;
    float lane = 0;
    float outputs[DIMENSIONS];
#pragma unroll
    for (int i = 0; i < DIMENSIONS; i++) {
        outputs[i] = 0;
    }
    int end = min((task.split + 1) * SPLIT, tile.entries);
    for (int entry = task.split * SPLIT; entry < end; entry++) {
        Place place = ((const Place*) places)[tile.firstEntry + kvHead * tile.ofHead + entry];
        KvSection section = kvSection(place.format, headDim, shape.kvHeads);
        const Byte* keys = (const Byte*) place.block + keyOffset(section, shape.layerInGroup, kvHead);
        const Byte* values = (const Byte*) place.block + valueOffset(section, shape.layerInGroup, kvHead);
        long long angles = (long long) (place.offset * BLOCK_TOKENS + offset) * (headDim / 2);
        for (int d = j; d < headDim; d += BLOCK_TOKENS) {
            query[group][d] = shape.scale
                    * rotated(unrotated, headDim, (const float*) cosines + angles, (const float*) sines + angles, d);
        }
        __syncthreads();
        int from = shape.window == 0 ? 0 : max(0, BLOCK_TOKENS * place.offset + offset - shape.window + 1);
        int to = place.offset == 0 ? offset + 1 : BLOCK_TOKENS;
        bool visible = j >= from && j < to;
        float score = -INFINITE;
        if (visible) {
            score = 0;
            for (int d = 0; d < headDim; d++) {
                score = fmaf(query[group][d], keyNumber(place.format, keys, headDim, d, j), score);
            }
            if (shape.softcap != 0) {
                score = softcapped(score, shape.softcap);
            }
        }
        float newMaximum = fmaxf(maximum, greatest(score, warps));
        float factor = exponential(maximum - newMaximum);
        maximum = newMaximum;
        probabilities[group][j] = visible ? exponential(score - maximum) : 0;
        __syncthreads();
        if (j < LANES) {
            lane *= factor;
            for (int key = j; key < BLOCK_TOKENS; key += LANES) {
                lane += probabilities[group][key];
            }
        }
#pragma unroll
        for (int i = 0; i < DIMENSIONS; i++) {
            int d = j + i * BLOCK_TOKENS;
            if (d < headDim) {
                float output = outputs[i] * factor;
                for (int key = from; key < to; key++) {
                    output = fmaf(probabilities[group][key], valueNumber(place.format, values, headDim, key, d), output);
                }
                outputs[i] = output;
            }
        }
        __syncthreads();
    }
    if (j < LANES) {
        lanes[group][j] = lane;
    }
    __syncthreads();
    float sum = sum16(lanes[group][j % LANES]);
    if (!present) {
        return;
    }
    long long partialRow = (long long) tile.partial + ((long long) task.split * shape.kvHeads + kvHead) * rows + queryRow;
    float* partial = (float*) partials + partialRow * (headDim + 2);
#pragma unroll
    for (int i = 0; i < DIMENSIONS; i++) {
        int d = j + i * BLOCK_TOKENS;
        if (d < headDim) {
            partial[d] = outputs[i];
        }
    }
    if (j == 0) {
        partial[headDim] = maximum;
        partial[headDim + 1] = sum;
    }
}

// Joins the splits of a tile (blockIdx.x), ascending, for one KV head (blockIdx.y) and query row (blockIdx.z): a thread for
// each dimension, all of which follow maximum and sum by themselves.
extern "C" __global__ void __launch_bounds__(MOST_HEAD_DIM) merge_splits(
        Shape shape, Address tiles, Address partials, Address attended) {
    Tile tile = ((const Tile*) tiles)[blockIdx.x];
    int headDim = shape.headDim;
    int queryHeads = shape.heads / shape.kvHeads;
    int rows = tile.tokens * queryHeads;
    int kvHead = blockIdx.y;
    int queryRow = blockIdx.z;
    int d = threadIdx.x;
    if (queryRow >= rows || d >= headDim) {
        return;
    }
    long long stride = (long long) shape.kvHeads * rows * (headDim + 2);
    const float* partial = (const float*) partials
            + ((long long) tile.partial + (long long) kvHead * rows + queryRow) * (headDim + 2);
    float output = partial[d];
    float maximum = partial[headDim];
    float sum = partial[headDim + 1];
    int splits = (tile.entries + SPLIT - 1) / SPLIT;
    for (int split = 1; split < splits; split++) {
        partial += stride;
        float newMaximum = fmaxf(maximum, partial[headDim]);
        float factor = exponential(maximum - newMaximum);
        float weight = exponential(partial[headDim] - newMaximum);
        maximum = newMaximum;
        sum = fmaf(partial[headDim + 1], weight, sum * factor);
        output = fmaf(partial[d], weight, output * factor);
    }
    int head = kvHead * queryHeads + queryRow % queryHeads;
    ((float*) attended)[((long long) (tile.row + queryRow / queryHeads) * shape.heads + head) * headDim + d] = output / sum;
}
