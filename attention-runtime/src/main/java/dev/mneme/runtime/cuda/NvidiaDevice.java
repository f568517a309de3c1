package dev.mneme.runtime.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * A device of this machine, through JCuda: a context of its own with all kernels loaded, and the default stream, on which
 * everything happens in order. Its calls may come from changing threads.
 */
final class NvidiaDevice implements Device {
    private static final List<String> MODULES = List.of("matmul", "rows", "attention", "seal");

    private final String name;
    private final CUcontext context = new CUcontext();
    private final List<CUmodule> modules = new ArrayList<>();
    private final Map<String, CUfunction> functions = new HashMap<>();
    private final Arena arena = Arena.ofShared();
    private final KernelParameters parameters = new KernelParameters(arena);

    /** Memory of the device at an address, for JCuda. */
    private static final class DeviceAddress extends CUdeviceptr {
        DeviceAddress() {}

        DeviceAddress(long address) {
            super(new CUdeviceptr(), address);
        }

        long value() {
            return getNativePointer();
        }
    }

    /** Memory of this process at an address, for JCuda. */
    private static final class HostAddress extends Pointer {
        HostAddress(MemorySegment memory) {
            super(memory.address());
        }
    }

    NvidiaDevice(CUdevice device, String name) {
        this.name = name;
        check(JCudaDriver.cuCtxCreate(context, 0, device), "cuCtxCreate");
        try {
            MODULES.forEach(this::load);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void load(String module) {
        CUmodule loaded = new CUmodule();
        check(JCudaDriver.cuModuleLoadData(loaded, ptx(module)), "cuModuleLoadData of " + module);
        modules.add(loaded);
    }

    /** Ends with a zero, as the driver wants it. */
    private static byte[] ptx(String module) {
        try (InputStream resource = NvidiaDevice.class.getResourceAsStream(module + ".ptx")) {
            if (resource == null) {
                throw new IllegalStateException(module + ".ptx is not there");
            }
            byte[] text = resource.readAllBytes();
            return Arrays.copyOf(text, text.length + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long allocate(long bytes) {
        bind();
        DeviceAddress address = new DeviceAddress();
        int result = JCudaDriver.cuMemAlloc(address, bytes);
        if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            throw new DeviceMemoryException(name, bytes);
        }
        check(result, "cuMemAlloc");
        return address.value();
    }

    @Override
    public void free(long address) {
        bind();
        check(JCudaDriver.cuMemFree(new DeviceAddress(address)), "cuMemFree");
    }

    @Override
    public void upload(MemorySegment from, long to) {
        bind();
        check(JCudaDriver.cuMemcpyHtoD(new DeviceAddress(to), new HostAddress(from), from.byteSize()), "cuMemcpyHtoD");
    }

    @Override
    public void download(long from, MemorySegment to) {
        bind();
        check(JCudaDriver.cuMemcpyDtoH(new HostAddress(to), new DeviceAddress(from), to.byteSize()), "cuMemcpyDtoH");
    }

    @Override
    public void launch(String kernel, Grid grid, int threads, Object... values) {
        bind();
        CUfunction function = functions.computeIfAbsent(kernel, this::find);
        check(
                JCudaDriver.cuLaunchKernel(
                        function, grid.x(), grid.y(), grid.z(), threads, 1, 1, 0, null,
                        new HostAddress(parameters.of(values)), null),
                "the launch of " + kernel);
    }

    private CUfunction find(String kernel) {
        CUfunction function = new CUfunction();
        for (CUmodule module : modules) {
            int result = JCudaDriver.cuModuleGetFunction(function, module, kernel);
            if (result == CUresult.CUDA_SUCCESS) {
                return function;
            }
            if (result != CUresult.CUDA_ERROR_NOT_FOUND) {
                check(result, "cuModuleGetFunction of " + kernel);
            }
        }
        throw new IllegalArgumentException("there is no kernel " + kernel);
    }

    private void bind() {
        check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
    }

    private void check(int result, String call) {
        if (result != CUresult.CUDA_SUCCESS) {
            throw new DeviceException(name + " answers " + call + " with " + CUresult.stringFor(result));
        }
    }

    @Override
    public void close() {
        check(JCudaDriver.cuCtxDestroy(context), "cuCtxDestroy");
        arena.close();
    }
}
