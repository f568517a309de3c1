// Where the numbers of a block lie and what they are: dev.mneme.runtime.kv.KvLayout and KvNumbers.
#pragma once
#include "numerics.cuh"

// The order of dev.mneme.runtime.kv.KvFormat.
enum Format { KV_F32, KV_F16, KV_I8, KV_K8V4 };

// Where a row's key and value go, or a block of a plan: its payload, its format, and the offset in it or its distance.
struct Place {
    Address block;
    int format;
    int offset;
};

// Bytes of one KV head of a block: K, and both.
struct KvSection {
    long long keyBytes;
    long long headBytes;
    long long layerBytes;
};

__device__ inline int valueGroup(int headDim) {
    return headDim % 32 == 0 ? 32 : 16;
}

__device__ inline long long aligned(long long bytes) {
    return (bytes + 63) / 64 * 64;
}

__device__ inline KvSection kvSection(int format, int headDim, int kvHeads) {
    long long numbers = BLOCK_TOKENS * headDim;
    long long scales = 2 * numbers / valueGroup(headDim);
    long long key = format == KV_F32 ? 4 * numbers : format == KV_F16 ? 2 * numbers : aligned(numbers + 2 * headDim);
    long long value = format == KV_I8 ? aligned(numbers + scales) : format == KV_K8V4 ? aligned(numbers / 2 + 2 * scales) : key;
    KvSection section = {key, key + value, kvHeads * (key + value)};
    return section;
}

__device__ inline long long keyOffset(KvSection section, int layerInGroup, int kvHead) {
    return layerInGroup * section.layerBytes + kvHead * section.headBytes;
}

__device__ inline long long valueOffset(KvSection section, int layerInGroup, int kvHead) {
    return keyOffset(section, layerInGroup, kvHead) + section.keyBytes;
}

// Only open blocks are written number by number, and these are F32 or F16.
__device__ inline void writeNumber(int format, Byte* section, int index, float number) {
    if (format == KV_F32) {
        ((float*) section)[index] = number;
    } else {
        ((Half*) section)[index] = floatToHalf(number);
    }
}

__device__ inline float halfNumber(const Byte* section, long long byte) {
    return halfToFloat(*(const Half*) (section + byte));
}

// Dimension d of key j; keys start at section.
__device__ inline float keyNumber(int format, const Byte* section, int headDim, int d, int j) {
    int index = d * BLOCK_TOKENS + j;
    if (format == KV_F16) {
        return halfNumber(section, 2LL * index);
    }
    if (format == KV_F32) {
        return ((const float*) section)[index];
    }
    return (signed char) section[index] * halfNumber(section, BLOCK_TOKENS * headDim + 2LL * d);
}

// Dimension d of value j; values start at section.
__device__ inline float valueNumber(int format, const Byte* section, int headDim, int j, int d) {
    int index = j * headDim + d;
    if (format == KV_F16) {
        return halfNumber(section, 2LL * index);
    }
    if (format == KV_F32) {
        return ((const float*) section)[index];
    }
    int group = index / valueGroup(headDim); // groups are whole in a token's value
    int numbers = BLOCK_TOKENS * headDim;
    if (format == KV_I8) {
        return (signed char) section[index] * halfNumber(section, numbers + 2LL * group);
    }
    int pair = section[j % (BLOCK_TOKENS / 2) * headDim + d];
    int code = j < BLOCK_TOKENS / 2 ? pair & 15 : pair >> 4;
    long long scales = numbers / 2;
    long long minima = scales + 2LL * (numbers / valueGroup(headDim));
    return fmaf(code, halfNumber(section, scales + 2LL * group), halfNumber(section, minima + 2LL * group));
}

// Dimension d of a head that is turned by one row of cosines and sines; pairs are d and d + headDim / 2.
__device__ inline float rotated(const float* head, int headDim, const float* cosine, const float* sine, int d) {
    int half = headDim / 2;
    if (d < half) {
        return fmaf(head[d], cosine[d], -(head[half + d] * sine[d]));
    }
    return fmaf(head[d - half], sine[d - half], head[d] * cosine[d - half]);
}
