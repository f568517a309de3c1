// The functions of NVIDIA's driver that JCuda is asked for, over the emulation. Named libcuda.so.1 it stands for a machine with a
// device, so that the whole way from the command to the kernels can be gone without one. Signatures and numbers are
// those of the CUDA driver API.
#include "emulation.cpp"

#include <string>

enum Result { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, INVALID_CONTEXT = 201, NOT_FOUND = 500 };
enum Attribute { CAPABILITY_MAJOR = 75, CAPABILITY_MINOR = 76 };

struct Module {
    std::string ptx;
};

struct Function {
    std::string name;
};

// Calls may come from any thread that has made the context its own.
static thread_local void* ownContext;
static int theContext;

extern "C" {
int cuInit(unsigned) { return SUCCESS; }

int cuDriverGetVersion(int* version) {
    *version = 12060;
    return SUCCESS;
}

int cuDeviceGetCount(int* count) {
    *count = 1;
    return SUCCESS;
}

int cuDeviceGet(int* device, int ordinal) {
    *device = ordinal;
    return ordinal == 0 ? SUCCESS : INVALID_VALUE;
}

int cuDeviceGetName(char* name, int length, int) {
    snprintf(name, length, "emulated device");
    return SUCCESS;
}

int cuDeviceGetAttribute(int* value, int attribute, int) {
    *value = attribute == CAPABILITY_MAJOR ? 8 : 0;
    return attribute == CAPABILITY_MAJOR || attribute == CAPABILITY_MINOR ? SUCCESS : INVALID_VALUE;
}

int cuCtxCreate_v2(void** context, unsigned, int) {
    *context = &theContext;
    ownContext = &theContext;
    return SUCCESS;
}

int cuCtxSetCurrent(void* context) {
    ownContext = context;
    return context == &theContext ? SUCCESS : INVALID_CONTEXT;
}

int cuCtxDestroy_v2(void* context) {
    return context == &theContext ? SUCCESS : INVALID_CONTEXT;
}

int cuModuleLoadData(void** module, const void* image) {
    *module = new Module{(const char*) image};
    return ownContext ? SUCCESS : INVALID_CONTEXT;
}

int cuModuleGetFunction(void** function, void* module, const char* name) {
    if (((Module*) module)->ptx.find(".entry " + std::string(name) + "(") == std::string::npos) {
        return NOT_FOUND;
    }
    *function = new Function{name};
    return SUCCESS;
}

int cuMemAlloc_v2(unsigned long long* address, size_t bytes) {
    if (!ownContext || bytes == 0) {
        return ownContext ? INVALID_VALUE : INVALID_CONTEXT;
    }
    void* memory = aligned_alloc(256, (bytes + 255) / 256 * 256);
    if (!memory) {
        return OUT_OF_MEMORY;
    }
    memset(memory, 0x7f, bytes);
    *address = (unsigned long long) memory;
    return SUCCESS;
}

int cuMemFree_v2(unsigned long long address) {
    free((void*) address);
    return SUCCESS;
}

int cuMemcpyHtoD_v2(unsigned long long to, const void* from, size_t bytes) {
    memcpy((void*) to, from, bytes);
    return ownContext ? SUCCESS : INVALID_CONTEXT;
}

int cuMemcpyDtoH_v2(void* to, unsigned long long from, size_t bytes) {
    memcpy(to, (const void*) from, bytes);
    return ownContext ? SUCCESS : INVALID_CONTEXT;
}

int cuLaunchKernel(
        void* function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY, unsigned blockZ,
        unsigned sharedBytes, void* stream, void** parameters, void** extra) {
    if (blockY != 1 || blockZ != 1 || sharedBytes != 0 || stream || extra || gridY > 65535 || gridZ > 65535) {
        return INVALID_VALUE;
    }
    return mneme_launch(((Function*) function)->name.c_str(), gridX, gridY, gridZ, blockX, parameters) == 0
            ? SUCCESS
            : NOT_FOUND;
}
}
