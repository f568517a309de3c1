// Quantizes full blocks once: dev.mneme.runtime.kv.BlockSealing. blockIdx.x is the block, blockIdx.y the KV head; written and
// sealed list the payloads of each block, written ones in F16.
#include "kv.cuh"

#define THREADS 256

__device__ inline Byte code(float number, float minimum, float scale, int lowest, int highest) {
    float steps = scale == 0 ? 0 : rintf((number - minimum) / scale);
    return (Byte) (int) fmaxf((float) lowest, fminf((float) highest, steps));
}

// Signed codes of count numbers, with their scale.
__device__ void sealSigned(const Half* numbers, int count, Byte* codes, Byte* scaleAt) {
    float magnitude = 0;
    for (int i = 0; i < count; i++) {
        magnitude = fmaxf(magnitude, fabsf(halfToFloat(numbers[i])));
    }
    Half scale = floatToHalf(magnitude / 127);
    *(Half*) scaleAt = scale;
    for (int i = 0; i < count; i++) {
        codes[i] = code(halfToFloat(numbers[i]), 0, halfToFloat(scale), -127, 127);
    }
}

// Unsigned codes of the values of one group of dimensions of tokens j and j + 32, which share bytes.
__device__ void sealNibbles(
        const Half* written, int headDim, int first, Byte* target) {
    int group = valueGroup(headDim);
    int numbers = BLOCK_TOKENS * headDim;
    Byte* scales = target + numbers / 2;
    Byte* minima = scales + 2 * (numbers / group);
    float minimum[2];
    float scale[2];
    for (int high = 0; high < 2; high++) {
        int at = first + high * (numbers / 2);
        float smallest = halfToFloat(written[at]);
        float largest = smallest;
        for (int i = 1; i < group; i++) {
            float number = halfToFloat(written[at + i]);
            smallest = fminf(smallest, number);
            largest = fmaxf(largest, number);
        }
        Half storedMinimum = floatToHalf(smallest);
        minimum[high] = halfToFloat(storedMinimum);
        Half storedScale = floatToHalf((largest - minimum[high]) / 15);
        scale[high] = halfToFloat(storedScale);
        ((Half*) scales)[at / group] = storedScale;
        ((Half*) minima)[at / group] = storedMinimum;
    }
    for (int i = first; i < first + group; i++) {
        int low = code(halfToFloat(written[i]), minimum[0], scale[0], 0, 15);
        int high = code(halfToFloat(written[i + numbers / 2]), minimum[1], scale[1], 0, 15);
        target[i] = (Byte) (low | high << 4);
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) seal_block(
        Address written, Address sealed, int format, int headDim, int kvHeads, int layerInGroup) {
    KvSection from = kvSection(KV_F16, headDim, kvHeads);
    KvSection to = kvSection(format, headDim, kvHeads);
    const Byte* source = (const Byte*) ((const Address*) written)[blockIdx.x];
    Byte* target = (Byte*) ((const Address*) sealed)[blockIdx.x];
    const Half* keys = (const Half*) (source + keyOffset(from, layerInGroup, blockIdx.y));
    const Half* values = (const Half*) (source + valueOffset(from, layerInGroup, blockIdx.y));
    Byte* sealedKeys = target + keyOffset(to, layerInGroup, blockIdx.y);
    Byte* sealedValues = target + valueOffset(to, layerInGroup, blockIdx.y);
    int numbers = BLOCK_TOKENS * headDim;
    int group = valueGroup(headDim);
    for (int d = threadIdx.x; d < headDim; d += THREADS) {
        sealSigned(keys + d * BLOCK_TOKENS, BLOCK_TOKENS, sealedKeys + d * BLOCK_TOKENS, sealedKeys + numbers + 2 * d);
    }
    if (format == KV_I8) {
        for (int g = threadIdx.x; g < numbers / group; g += THREADS) {
            sealSigned(values + g * group, group, sealedValues + g * group, sealedValues + numbers + 2 * g);
        }
    } else {
        for (int g = threadIdx.x; g < numbers / group / 2; g += THREADS) {
            sealNibbles(values, headDim, g * group, sealedValues);
        }
    }
}
