// What happens to single rows between matrix products: norms, biases, rotary positions, gates.
#include "kv.cuh"

#define THREADS 256
#define MOST_HEAD_DIM 256

// Sum of squares in the order of a dot product, by the first warp (both halves of it do the same); then the factor of the
// norm, for all threads of the block. Begins and ends with a barrier.
__device__ float normFactor(const float* numbers, int length, float epsilon) {
    __shared__ float factor;
    __syncthreads();
    if (threadIdx.x < 2 * LANES) {
        float lane = 0;
        for (int i = threadIdx.x % LANES; i < length; i += LANES) {
            lane = fmaf(numbers[i], numbers[i], lane);
        }
        float squares = sum16(lane);
        if (threadIdx.x == 0) {
            factor = (float) (1 / sqrt((double) (squares / (float) length) + (double) epsilon));
        }
    }
    __syncthreads();
    return factor;
}

__device__ void norm(const float* numbers, int length, const float* weight, float epsilon, float* output) {
    float factor = normFactor(numbers, length, epsilon);
    for (int i = threadIdx.x; i < length; i += blockDim.x) {
        output[i] = numbers[i] * factor * weight[i];
    }
}

// normed[row] = norm(residual[row]). A thread block a row.
extern "C" __global__ void __launch_bounds__(THREADS) norm_rows(
        Address residual, int length, Address weight, float epsilon, Address normed) {
    long long from = (long long) blockIdx.x * length;
    norm((const float*) residual + from, length, (const float*) weight, epsilon, (float*) normed + from);
}

// A sublayer's output, normed if there is a weight for that, joins the residual stream, and normed becomes the norm of
// that. A thread block a row.
extern "C" __global__ void __launch_bounds__(THREADS) join_rows(
        Address delta, Address postWeight, Address residual, int length, Address weight, float epsilon, Address normed) {
    long long from = (long long) blockIdx.x * length;
    float* added = (float*) delta + from;
    float* sum = (float*) residual + from;
    if (postWeight != 0) {
        norm(added, length, (const float*) postWeight, epsilon, added);
    }
    for (int i = threadIdx.x; i < length; i += blockDim.x) { // each thread its own numbers, also of the norm above
        sum[i] += added[i];
    }
    norm(sum, length, (const float*) weight, epsilon, (float*) normed + from);
}

// gate[i] = silu(gate[i]) * up[i]
extern "C" __global__ void __launch_bounds__(THREADS) gate_silu(Address gate, Address up, int count) {
    int i = blockIdx.x * THREADS + threadIdx.x;
    if (i < count) {
        float* x = (float*) gate + i;
        *x = silu(*x) * ((const float*) up)[i];
    }
}

// gate[i] = geluTanh(gate[i]) * up[i]
extern "C" __global__ void __launch_bounds__(THREADS) gate_gelu(Address gate, Address up, int count) {
    int i = blockIdx.x * THREADS + threadIdx.x;
    if (i < count) {
        float* x = (float*) gate + i;
        *x = geluTanh(*x) * ((const float*) up)[i];
    }
}

// x[i] = cap * tanh(x[i] / cap)
extern "C" __global__ void __launch_bounds__(THREADS) softcap(Address numbers, float cap, int count) {
    int i = blockIdx.x * THREADS + threadIdx.x;
    if (i < count) {
        float* x = (float*) numbers + i;
        *x = softcapped(*x, cap);
    }
}

// Copies rows to other places: row i of the target is row rows[i] of the source. A thread block a row.
extern "C" __global__ void __launch_bounds__(THREADS) gather_rows(
        Address source, int length, Address rows, Address target) {
    const float* from = (const float*) source + (long long) ((const int*) rows)[blockIdx.x] * length;
    float* to = (float*) target + (long long) blockIdx.x * length;
    for (int i = threadIdx.x; i < length; i += THREADS) {
        to[i] = from[i];
    }
}

// Of one row and head: bias, norm, and dimensions in rotation order, from global memory to shared.
__device__ void prepareHead(
        const float* source, const float* bias, const float* weight, float epsilon, int adjacent, int headDim,
        float* head, float* ordered) {
    for (int d = threadIdx.x; d < headDim; d += blockDim.x) {
        head[d] = bias == 0 ? source[d] : source[d] + bias[d];
    }
    if (weight != 0) {
        norm(head, headDim, weight, epsilon, head);
    }
    __syncthreads();
    int half = headDim / 2;
    for (int d = threadIdx.x; d < headDim; d += blockDim.x) {
        ordered[d] = adjacent ? head[d < half ? 2 * d : 2 * (d - half) + 1] : head[d];
    }
    __syncthreads();
}

// Between the projections and attention: biases, head norms, rotation order; keys are rotated by their offset in the block,
// and keys and values written into it. blockIdx.x is the row, blockIdx.y the query head, then KV head of a key, then of a
// value. places has for each row where its block lies, which format it is written in, and its offset in it.
extern "C" __global__ void __launch_bounds__(MOST_HEAD_DIM) prepare_heads(
        Address queries, Address keys, Address values, Address queryBias, Address keyBias, Address valueBias,
        Address queryNorm, Address keyNorm, float epsilon, int adjacent, int heads, int kvHeads, int headDim,
        Address cosines, Address sines, Address places, int layerInGroup) {
    __shared__ float head[MOST_HEAD_DIM];
    __shared__ float ordered[MOST_HEAD_DIM];
    int row = blockIdx.x;
    int number = blockIdx.y;
    if (number < heads) {
        float* query = (float*) queries + ((long long) row * heads + number) * headDim;
        const float* bias = queryBias == 0 ? 0 : (const float*) queryBias + number * headDim;
        prepareHead(query, bias, (const float*) queryNorm, epsilon, adjacent, headDim, head, ordered);
        for (int d = threadIdx.x; d < headDim; d += blockDim.x) {
            query[d] = ordered[d];
        }
        return;
    }
    Place place = ((const Place*) places)[row];
    KvSection section = kvSection(place.format, headDim, kvHeads);
    if (number < heads + kvHeads) {
        int kvHead = number - heads;
        const float* key = (const float*) keys + ((long long) row * kvHeads + kvHead) * headDim;
        const float* bias = keyBias == 0 ? 0 : (const float*) keyBias + kvHead * headDim;
        prepareHead(key, bias, (const float*) keyNorm, epsilon, adjacent, headDim, head, ordered);
        Byte* stored = (Byte*) place.block + keyOffset(section, layerInGroup, kvHead);
        const float* cosine = (const float*) cosines + place.offset * (headDim / 2);
        const float* sine = (const float*) sines + place.offset * (headDim / 2);
        for (int d = threadIdx.x; d < headDim; d += blockDim.x) {
            writeNumber(place.format, stored, d * BLOCK_TOKENS + place.offset, rotated(ordered, headDim, cosine, sine, d));
        }
    } else {
        int kvHead = number - heads - kvHeads;
        const float* value = (const float*) values + ((long long) row * kvHeads + kvHead) * headDim;
        const float* bias = valueBias == 0 ? 0 : (const float*) valueBias + kvHead * headDim;
        Byte* stored = (Byte*) place.block + valueOffset(section, layerInGroup, kvHead);
        for (int d = threadIdx.x; d < headDim; d += blockDim.x) {
            writeNumber(place.format, stored, place.offset * headDim + d, bias == 0 ? value[d] : value[d] + bias[d]);
        }
    }
}
