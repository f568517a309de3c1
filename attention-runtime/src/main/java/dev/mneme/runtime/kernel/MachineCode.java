package dev.mneme.runtime.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * A page of machine code, for as long as the process lives. It is written first and made executable then, so that it is never
 * both. The numbers are those of Linux on x86-64.
 *
 * @param address where the code begins
 */
record MachineCode(MemorySegment address) {
    private static final long PAGE = 4096;
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final long FAILED = -1;

    /** This code, or null where the system allows none. */
    @SuppressWarnings("restricted")
    static @Nullable MachineCode of(byte[] code) {
        MethodHandle map = find("mmap", FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
        MethodHandle protect = find("mprotect", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
        try {
            long address = (long) map.invokeExact(0L, PAGE, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0L);
            if (address == FAILED) {
                return null;
            }
            MemorySegment page = MemorySegment.ofAddress(address).reinterpret(PAGE);
            MemorySegment.copy(code, 0, page, JAVA_BYTE, 0, code.length);
            boolean executable = (int) protect.invokeExact(address, PAGE, READ | EXECUTE) == 0;
            return executable ? new MachineCode(page) : null;
        } catch (Throwable e) {
            throw new IllegalStateException("mmap and mprotect cannot be called", e);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle find(String function, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(function), type);
    }
}
