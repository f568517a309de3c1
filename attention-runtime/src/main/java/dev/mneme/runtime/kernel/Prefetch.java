package dev.mneme.runtime.kernel;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the processor to bring memory into its second-level cache while something else is computed. Java has no instruction
 * for that, so it is a function of {@link MachineCode}: a loop of prefetches, which neither wait nor fault, whatever the address.
 * On Linux and x86-64 only, and where a process may make memory executable; elsewhere nothing is asked for, and
 * {@link MemorySweep} has to do.
 */
public final class Prefetch {
    private static final Logger LOG = LoggerFactory.getLogger(Prefetch.class);
    private static final int LINE = 64;

    /** {@code void (long address, long lines)} by the System V calling convention: address in rdi, lines in rsi. */
    private static final byte[] CODE = {
        0x48, (byte) 0x83, (byte) 0xee, 1, // again: sub rsi, 1
        0x7c, 9, // jl done
        0x0f, 0x18, 0x17, // prefetcht1 [rdi]
        0x48, (byte) 0x83, (byte) 0xc7, LINE, // add rdi, 64
        (byte) 0xeb, (byte) 0xf1, // jmp again
        (byte) 0xc3, // done: ret
    };

    private static final MethodHandle NOTHING =
            MethodHandles.empty(MethodType.methodType(void.class, long.class, long.class));

    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    /** Not a constant: compiled kernels would be thrown away when it changes. */
    private static volatile MethodHandle function = NOTHING;
    /** All bits while nothing is asked for, then none: for the same reason no condition. */
    private static volatile long sweeping = -1;

    private Prefetch() {}

    /**
     * Has the function made, once in a process, on a thread of its own: that takes up to half a second when a process starts, and
     * until then nothing is asked for.
     */
    public static void begin() {
        if (!BEGUN.get() && BEGUN.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("mneme-prefetch").start(Prefetch::make);
        }
    }

    /** Makes the function, if that is possible here. */
    static void make() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch", "");
        if (system.equals("linux") && processor.equals("amd64")) {
            link();
        } else {
            LOG.info("no memory is prefetched on {} on {}: attention to long contexts is slower", system, processor);
        }
    }

    /** Whether what is asked for is brought. */
    static boolean works() {
        return function != NOTHING;
    }

    /** How many of so many bytes have to be read before they are used, to be in the cache: all, or none that were asked for. */
    static long unasked(long bytes) {
        return bytes & sweeping;
    }

    /** The cache lines that so many bytes take, in bytes. */
    static long wholeLines(long bytes) {
        return (bytes + LINE - 1) / LINE * LINE;
    }

    /** Asks for the cache lines from an address on that so many bytes fill. */
    static void ask(long address, long bytes) {
        try {
            function.invokeExact(address, bytes / LINE);
        } catch (Throwable e) {
            throw new IllegalStateException("the prefetching function cannot be called", e);
        }
    }

    @SuppressWarnings("restricted")
    private static void link() {
        @Nullable MachineCode code = MachineCode.of(CODE);
        if (code == null) {
            LOG.info("this process may not make memory executable, so none is prefetched: attention to long contexts is slower");
            return;
        }
        function = Linker.nativeLinker().downcallHandle(
                code.address(), FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
                Linker.Option.critical(false));
        sweeping = 0;
    }
}
