// The canonical arithmetic of dev.mneme.runtime.numerics.Numerics, operation by operation: additions, multiplications,
// divisions and fused multiply-adds round once each, so compile with --fmad=false, never with fast math.
#pragma once

#define LANES 16
#define BLOCK_TOKENS 64
#define FULL_WARP 0xffffffffu
#define INFINITE __int_as_float(0x7f800000)

typedef unsigned char Byte;
typedef unsigned short Half;
typedef unsigned long long Address;

#ifndef EMULATED
__device__ inline float halfToFloat(Half half) {
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(half));
    return value;
}

__device__ inline Half floatToHalf(float value) {
    Half half;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(half) : "f"(value));
    return half;
}
#endif

__device__ inline float exponential(float x) {
    if (x < -87.0f) {
        return 0;
    }
    if (x > 88.0f) {
        return INFINITE;
    }
    float shifted = fmaf(x, 0x1.715476p0f, 12582912.0f);
    float n = shifted - 12582912.0f;
    float r = fmaf(n, -0x1.62e430p-1f, x);
    r = fmaf(n, 0x1.05c610p-29f, r);
    float p = fmaf(0x1.6d110ap-10f, r, 0x1.120b6ep-7f);
    p = fmaf(p, r, 0x1.55551ap-5f);
    p = fmaf(p, r, 0x1.5554dcp-3f);
    p = fmaf(p, r, 0.5f);
    p = fmaf(p, r, 1.0f);
    p = fmaf(p, r, 1.0f);
    int powerOfTwo = (int) (((unsigned) __float_as_int(shifted) << 23) + 0x3f800000u);
    return p * __int_as_float(powerOfTwo);
}

__device__ inline float silu(float x) {
    return x / (1 + exponential(-x));
}

__device__ inline float geluTanh(float x) {
    float cubic = 0.044715f * x * x;
    float inner = fmaf(cubic, x, x);
    return x / (1 + exponential(-1.5957691216057308f * inner));
}

__device__ inline float softcapped(float x, float cap) {
    float twice = 2 * (x / cap);
    return cap * (1 - 2 / (1 + exponential(twice)));
}

// Adds the 16 partial sums of a half-warp, one a lane: the upper half to the lower until one is left. All lanes get it.
// Every thread of the warp has to take part.
__device__ inline float sum16(float lane) {
    lane += __shfl_xor_sync(FULL_WARP, lane, 8);
    lane += __shfl_xor_sync(FULL_WARP, lane, 4);
    lane += __shfl_xor_sync(FULL_WARP, lane, 2);
    lane += __shfl_xor_sync(FULL_WARP, lane, 1);
    return lane;
}
