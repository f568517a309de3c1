// What GGUF's tensor types store (dev.mneme.runtime.gguf.Dequantization). A type is a struct with the values and bytes of
// one of its blocks, plain floats in blocks of 16, and value(block, l, s): number l + 16 * s of the block.
#pragma once
#include "numerics.cuh"

__device__ inline Half halfAt(const Byte* at) {
    return *(const Half*) at; // all blocks are an even number of bytes
}

__device__ inline float scaleAt(const Byte* at) {
    return halfToFloat(halfAt(at));
}

// 32 bits at an even address.
__device__ inline unsigned bitsAt(const Byte* at) {
    return halfAt(at) | (unsigned) halfAt(at + 2) << 16;
}

struct F32 {
    enum { VALUES = 16, BYTES = 64 };
    static __device__ inline float value(const Byte* block, int l, int s) {
        return ((const float*) block)[l];
    }
};

struct F16 {
    enum { VALUES = 16, BYTES = 32 };
    static __device__ inline float value(const Byte* block, int l, int s) {
        return scaleAt(block + 2 * l);
    }
};

struct BF16 {
    enum { VALUES = 16, BYTES = 32 };
    static __device__ inline float value(const Byte* block, int l, int s) {
        return __int_as_float((int) ((unsigned) halfAt(block + 2 * l) << 16));
    }
};

// The l-th low (s = 0) or high (s = 1) nibble.
__device__ inline int nibble(const Byte* pairs, int l, int s) {
    return pairs[l] >> (4 * s) & 15;
}

__device__ inline int fifthBit(unsigned bits, int l, int s) {
    return (int) (bits >> (l + 16 * s) & 1) << 4;
}

struct Q4_0 {
    enum { VALUES = 32, BYTES = 18 };
    static __device__ inline float value(const Byte* block, int l, int s) {
        return scaleAt(block) * (nibble(block + 2, l, s) - 8);
    }
};

struct Q4_1 {
    enum { VALUES = 32, BYTES = 20 };
    static __device__ inline float value(const Byte* block, int l, int s) {
        return scaleAt(block) * nibble(block + 4, l, s) + scaleAt(block + 2);
    }
};

struct Q5_0 {
    enum { VALUES = 32, BYTES = 22 };
    static __device__ inline float value(const Byte* block, int l, int s) {
        return scaleAt(block) * ((nibble(block + 6, l, s) | fifthBit(bitsAt(block + 2), l, s)) - 16);
    }
};

struct Q5_1 {
    enum { VALUES = 32, BYTES = 24 };
    static __device__ inline float value(const Byte* block, int l, int s) {
        return scaleAt(block) * (nibble(block + 8, l, s) | fifthBit(bitsAt(block + 4), l, s)) + scaleAt(block + 2);
    }
};

struct Q8_0 {
    enum { VALUES = 32, BYTES = 34 };
    static __device__ inline float value(const Byte* block, int l, int s) {
        return scaleAt(block) * (signed char) block[2 + l + 16 * s];
    }
};

// Scale and minimum of 32 values of a Q4_K or Q5_K block: six bits each, of which the upper half of the scales and
// minima keep two in the spare bits of the lower half's.
__device__ inline int subScale(const Byte* packed, int sub) {
    return sub < 4 ? packed[sub] & 63 : (packed[sub + 4] & 15) | packed[sub - 4] >> 6 << 4;
}

__device__ inline int subMinimum(const Byte* packed, int sub) {
    return sub < 4 ? packed[sub + 4] & 63 : packed[sub + 4] >> 4 | packed[sub] >> 6 << 4;
}

__device__ inline float scaled(const Byte* block, int sub, int quant) {
    return scaleAt(block) * subScale(block + 4, sub) * quant - scaleAt(block + 2) * subMinimum(block + 4, sub);
}

struct Q4_K {
    enum { VALUES = 256, BYTES = 144 };
    static __device__ inline float value(const Byte* block, int l, int s) {
        int sub = s >> 1;
        int pair = block[16 + (sub >> 1) * 32 + (s & 1) * 16 + l];
        return scaled(block, sub, pair >> (4 * (sub & 1)) & 15);
    }
};

struct Q5_K {
    enum { VALUES = 256, BYTES = 176 };
    static __device__ inline float value(const Byte* block, int l, int s) {
        int sub = s >> 1;
        int within = (s & 1) * 16 + l;
        int low = block[48 + (sub >> 1) * 32 + within] >> (4 * (sub & 1)) & 15;
        return scaled(block, sub, low | (block[16 + within] >> sub & 1) << 4);
    }
};

struct Q6_K {
    enum { VALUES = 256, BYTES = 210 };
    static __device__ inline float value(const Byte* block, int l, int s) {
        int part = s >> 3;
        int quarter = s >> 1 & 3;
        int within = (s & 1) * 16 + l;
        int low = block[part * 64 + (quarter & 1) * 32 + within] >> (4 * (quarter >> 1)) & 15;
        int high = block[128 + part * 32 + within] >> (2 * quarter) & 3;
        float scale = scaleAt(block + 208) * (signed char) block[192 + s];
        return scale * ((low | high << 4) - 32);
    }
};

#define EACH_TENSOR_TYPE(DO) \
    DO(F32) DO(F16) DO(BF16) DO(Q4_0) DO(Q4_1) DO(Q5_0) DO(Q5_1) DO(Q8_0) DO(Q4_K) DO(Q5_K) DO(Q6_K)
