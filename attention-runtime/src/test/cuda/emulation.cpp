// Runs the CUDA kernels on the CPU, compiled as C++: thread block after thread block, the threads of one as fibers that are
// switched at barriers and shuffles. Every second launch goes through the threads from the last to the first, so that a
// missing barrier shows. Timing, memory models and anything else that is a device's own are not emulated.
#include <math.h>
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utility>

#define EMULATED
#define __global__
#define __device__
#define __shared__ static
#define __launch_bounds__(threads)

struct Dimensions {
    unsigned x, y, z;
};

static Dimensions threadIdx, blockIdx, blockDim;

static float __int_as_float(int bits) {
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static int __float_as_int(float number) {
    int bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static int min(int a, int b) { return a < b ? a : b; }
static int max(int a, int b) { return a > b ? a : b; }
static float halfToFloat(unsigned short half) { return _cvtsh_ss(half); }
static unsigned short floatToHalf(float number) { return _cvtss_sh(number, _MM_FROUND_TO_NEAREST_INT); }

static const int MOST_THREADS = 256;
static const int WARP = 32;
static const size_t STACK = 65536;

enum State { READY, AT_SHUFFLE, AT_BARRIER, DONE };

struct Fiber {
    void* stackPointer;
    char* stack;
    State state;
    unsigned shuffles;
    float shuffled[2]; // of this shuffle and the one before, which others may not have read yet
};

static Fiber fibers[MOST_THREADS];
static int threads, current, alive, launches;
static void* schedulerStack;
static void (*kernel)(void**);
static void** arguments;

extern "C" void mneme_switch(void** from, void* to);
asm(R"(
mneme_switch:
    pushq %rbp; pushq %rbx; pushq %r12; pushq %r13; pushq %r14; pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15; popq %r14; popq %r13; popq %r12; popq %rbx; popq %rbp
    ret
)");

static void wait(State state) {
    int thread = current;
    fibers[thread].state = state;
    mneme_switch(&fibers[thread].stackPointer, schedulerStack);
}

static void __syncthreads() { wait(AT_BARRIER); }

static float __shfl_xor_sync(unsigned, float number, int mask) {
    int thread = current;
    int slot = fibers[thread].shuffles++ & 1;
    fibers[thread].shuffled[slot] = number;
    wait(AT_SHUFFLE);
    return fibers[thread ^ mask].shuffled[slot];
}

static void run() {
    kernel(arguments);
    alive--;
    wait(DONE);
}

static void start(Fiber& fiber) {
    if (!fiber.stack) {
        fiber.stack = (char*) aligned_alloc(64, STACK);
    }
    void** top = (void**) (fiber.stack + STACK - 64);
    *--top = 0;            // run returns to nobody
    *--top = (void*) run;  // where the first switch returns to
    for (int saved = 0; saved < 6; saved++) {
        *--top = 0;
    }
    fiber.stackPointer = top;
    fiber.state = READY;
    fiber.shuffles = 0;
}

static int waiting(int from, int to, State state) {
    int count = 0;
    for (int i = from; i < to; i++) {
        count += fibers[i].state == state;
    }
    return count;
}

static void release(int from, int to, State state) {
    for (int i = from; i < to; i++) {
        if (fibers[i].state == state) {
            fibers[i].state = READY;
        }
    }
}

static void runBlock() {
    alive = threads;
    for (int i = 0; i < threads; i++) {
        start(fibers[i]);
    }
    while (alive > 0) {
        if (waiting(0, threads, READY) == 0) {
            fprintf(stderr, "a barrier or shuffle that not all threads reach\n");
            abort();
        }
        for (int i = 0; i < threads; i++) {
            int thread = launches % 2 == 0 ? i : threads - 1 - i;
            if (fibers[thread].state == READY) {
                current = thread;
                threadIdx.x = thread;
                mneme_switch(&schedulerStack, fibers[thread].stackPointer);
            }
        }
        for (int warp = 0; warp + WARP <= threads; warp += WARP) {
            if (waiting(warp, warp + WARP, AT_SHUFFLE) == WARP) {
                release(warp, warp + WARP, AT_SHUFFLE);
            }
        }
        if (waiting(0, threads, AT_BARRIER) == alive) {
            release(0, threads, AT_BARRIER);
        }
    }
}

// Each file has names of its own.
#include "weights.cuh"
#include "kv.cuh"
namespace matmul {
#include "matmul.cu"
#undef THREADS
#undef TILE
}
namespace rows {
#include "rows.cu"
#undef THREADS
#undef MOST_HEAD_DIM
}
namespace attention {
#include "attention.cu"
#undef THREADS
#undef ROWS
#undef SPLIT
}
namespace seal {
#include "seal.cu"
}
using namespace matmul;
using namespace rows;
using namespace attention;
using namespace seal;

template <class... Types, size_t... Indexes>
static void call(void (*function)(Types...), void** values, std::index_sequence<Indexes...>) {
    function(*(Types*) values[Indexes]...);
}

template <class... Types>
static void call(void (*function)(Types...), void** values) {
    call(function, values, std::index_sequence_for<Types...>());
}

struct Kernel {
    const char* name;
    void (*run)(void**);
};

#define KERNEL(name) {#name, [](void** values) { call(name, values); }},
#define TYPED_KERNELS(Type) KERNEL(embed_##Type) KERNEL(multiply_few_##Type) KERNEL(multiply_many_##Type)

static const Kernel KERNELS_BY_NAME[] = {
    EACH_TENSOR_TYPE(TYPED_KERNELS) KERNEL(norm_rows) KERNEL(join_rows) KERNEL(gate_silu) KERNEL(gate_gelu) KERNEL(softcap)
    KERNEL(gather_rows) KERNEL(prepare_heads) KERNEL(attend) KERNEL(merge_splits) KERNEL(seal_block)
};

// Launches a kernel; values point at its parameters. 0 if there is one of this name.
extern "C" int mneme_launch(const char* name, int gridX, int gridY, int gridZ, int blockThreads, void** values) {
    for (const Kernel& found : KERNELS_BY_NAME) {
        if (strcmp(found.name, name) == 0) {
            launches++;
            kernel = found.run;
            arguments = values;
            threads = blockThreads;
            blockDim = {(unsigned) blockThreads, 1, 1};
            for (unsigned z = 0; z < (unsigned) gridZ; z++) {
                for (unsigned y = 0; y < (unsigned) gridY; y++) {
                    for (unsigned x = 0; x < (unsigned) gridX; x++) {
                        blockIdx = {x, y, z};
                        runBlock();
                    }
                }
            }
            return 0;
        }
    }
    return 1;
}
