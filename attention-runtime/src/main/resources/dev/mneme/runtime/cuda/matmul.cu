// Embedding rows and matrix products for each tensor type. A half-warp computes a dot product: its lane l sums the elements
// congruent to l mod 16, ascending, so that the order of every output is the canonical one however many rows and tokens
// are computed together.
#include "weights.cuh"

#define THREADS 128
#define HALF_WARPS (THREADS / LANES)
#define FEW_TOKENS 4
#define TILE 8

// residual[row][i] = embedding[tokens[row]][i] * scale. A thread block a row.
template <class Type>
__device__ void embedRow(Address table, int columns, Address tokens, float scale, Address residual) {
    int blocks = columns / Type::VALUES;
    long long token = ((const int*) tokens)[blockIdx.x];
    const Byte* stored = (const Byte*) table + token * blocks * Type::BYTES;
    float* row = (float*) residual + (long long) blockIdx.x * columns;
    for (int i = threadIdx.x; i < columns; i += THREADS) {
        int within = i % Type::VALUES;
        const Byte* block = stored + (long long) (i / Type::VALUES) * Type::BYTES;
        row[i] = Type::value(block, within % LANES, within / LANES) * scale;
    }
}

// output[t][row] = dot(weights[row], input[t]) for up to FEW_TOKENS tokens from FEW_TOKENS * blockIdx.y on: a half-warp a row.
template <class Type>
__device__ void multiplyRow(Address weights, int rows, int columns, Address input, int tokens, Address output) {
    int lane = threadIdx.x % LANES;
    int row = blockIdx.x * HALF_WARPS + threadIdx.x / LANES;
    int first = blockIdx.y * FEW_TOKENS;
    int blocks = columns / Type::VALUES;
    // Rows and tokens that are not there are computed as the last one and not written: shuffles need all lanes.
    const Byte* stored = (const Byte*) weights + (long long) min(row, rows - 1) * blocks * Type::BYTES;
    const float* x[FEW_TOKENS];
    float sums[FEW_TOKENS];
#pragma unroll
    for (int t = 0; t < FEW_TOKENS; t++) {
        x[t] = (const float*) input + (long long) min(first + t, tokens - 1) * columns + lane;
        sums[t] = 0;
    }
    for (int block = 0; block < blocks; block++) {
#pragma unroll 2
        for (int s = 0; s < Type::VALUES / LANES; s++) {
            float w = Type::value(stored, lane, s);
#pragma unroll
            for (int t = 0; t < FEW_TOKENS; t++) {
                sums[t] = fmaf(w, x[t][block * Type::VALUES + s * LANES], sums[t]);
            }
        }
        stored += Type::BYTES;
    }
#pragma unroll
    for (int t = 0; t < FEW_TOKENS; t++) {
        float sum = sum16(sums[t]);
        if (lane == t && row < rows && first + t < tokens) {
            ((float*) output)[(long long) (first + t) * rows + row] = sum;
        }
    }
}

// The same for a tile of TILE rows and TILE tokens a half-warp, so that each number loaded serves TILE products.
template <class Type>
__device__ void multiplyTile(Address weights, int rows, int columns, Address input, int tokens, Address output) {
    int lane = threadIdx.x % LANES;
    int row = (blockIdx.x * HALF_WARPS + threadIdx.x / LANES) * TILE;
    int first = blockIdx.y * TILE;
    int blocks = columns / Type::VALUES;
    const Byte* stored[TILE];
    const float* x[TILE];
    float sums[TILE][TILE];
#pragma unroll
    for (int i = 0; i < TILE; i++) {
        stored[i] = (const Byte*) weights + (long long) min(row + i, rows - 1) * blocks * Type::BYTES;
        x[i] = (const float*) input + (long long) min(first + i, tokens - 1) * columns + lane;
#pragma unroll
        for (int t = 0; t < TILE; t++) {
            sums[i][t] = 0;
        }
    }
    for (int block = 0; block < blocks; block++) {
#pragma unroll 1
        for (int s = 0; s < Type::VALUES / LANES; s++) {
            float numbers[TILE];
#pragma unroll
            for (int t = 0; t < TILE; t++) {
                numbers[t] = x[t][block * Type::VALUES + s * LANES];
            }
#pragma unroll
            for (int i = 0; i < TILE; i++) {
                float w = Type::value(stored[i] + (long long) block * Type::BYTES, lane, s);
#pragma unroll
                for (int t = 0; t < TILE; t++) {
                    sums[i][t] = fmaf(w, numbers[t], sums[i][t]);
                }
            }
        }
    }
#pragma unroll
    for (int i = 0; i < TILE; i++) {
#pragma unroll
        for (int t = 0; t < TILE; t++) {
            float sum = sum16(sums[i][t]);
            if (lane == t && row + i < rows && first + t < tokens) {
                ((float*) output)[(long long) (first + t) * rows + row + i] = sum;
            }
        }
    }
}

#define KERNELS(Type) \
    extern "C" __global__ void __launch_bounds__(THREADS) embed_##Type( \
            Address table, int columns, Address tokens, float scale, Address residual) { \
        embedRow<Type>(table, columns, tokens, scale, residual); \
    } \
    extern "C" __global__ void __launch_bounds__(THREADS) multiply_few_##Type( \
            Address weights, int rows, int columns, Address input, int tokens, Address output) { \
        multiplyRow<Type>(weights, rows, columns, input, tokens, output); \
    } \
    extern "C" __global__ void __launch_bounds__(THREADS) multiply_many_##Type( \
            Address weights, int rows, int columns, Address input, int tokens, Address output) { \
        multiplyTile<Type>(weights, rows, columns, input, tokens, output); \
    }

EACH_TENSOR_TYPE(KERNELS)
