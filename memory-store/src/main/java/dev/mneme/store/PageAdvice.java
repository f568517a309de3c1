package dev.mneme.store;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the kernel is told about pages of shared file maps, by {@code madvise}. On Linux only, since elsewhere the same names
 * mean other things; there it says so once in the log and does nothing.
 *
 * <p>Nothing is ever lost by it. The pages of a shared file map are those of the page cache, which stay there: what is taken
 * from the process is the mapping. A page that was written through it is marked dirty in the page cache on the way, where the
 * kernel writes it back and {@code msync} and {@code fsync} find it as before, and whoever reads it next, through any map,
 * gets the same page. So it does not matter either whether somebody reads meanwhile, or if more is given back than was asked.
 */
final class PageAdvice {
    private static final Logger LOG = LoggerFactory.getLogger(PageAdvice.class);
    private static final int RANDOM = 1;
    private static final int WILL_NEED = 3;
    private static final int DONT_NEED = 4;
    private static final int NO_HUGE_PAGE = 15;

    /** What the kernel maps at once around a page that is read, and a multiple of every page size. */
    static final int STRETCH = 1 << 16;

    private static final AtomicBoolean LINKING = new AtomicBoolean();
    private static volatile boolean linked;

    private PageAdvice() {
    }

    /** Linked when it is first needed, which a short process may never do. */
    private static final class Madvise {
        static final @Nullable MethodHandle CALL = isLinux()
                ? link("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT))
                : null;
        static final int PAGE = pageSize();

        static {
            if (CALL == null) {
                LOG.info("On this system the RAM budget of blocks is only counted: pages of mapped files cannot be given back");
            }
        }

        private static boolean isLinux() {
            return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");
        }

        @SuppressWarnings("restricted")
        private static @Nullable MethodHandle link(String function, FunctionDescriptor type) {
            Linker linker = Linker.nativeLinker();
            return linker.defaultLookup().find(function).map(address -> linker.downcallHandle(address, type)).orElse(null);
        }

        private static int pageSize() {
            MethodHandle call = isLinux() ? link("getpagesize", FunctionDescriptor.of(JAVA_INT)) : null;
            try {
                return call == null ? STRETCH : (int) call.invokeExact();
            } catch (Throwable e) {
                throw new IllegalStateException("getpagesize cannot be called", e);
            }
        }
    }

    /**
     * Takes a range of a map out of the process, with all of the stretches of {@value #STRETCH} bytes that it touches. The
     * pages stay in the page cache for as long as the kernel has no better use for the memory.
     */
    static void giveBack(MemorySegment map, long from, long to) {
        long start = from - (map.address() + from) % STRETCH;
        long end = to + Math.floorMod(-(map.address() + to), STRETCH);
        advise(map, Math.max(0, start), Math.min(map.byteSize(), end), DONT_NEED);
    }

    /**
     * Has the kernel map no more than {@link #STRETCH} bytes around a page from now on: where the page cache has folios of 2 MiB
     * it would map all of one. What is mapped so is taken out.
     */
    static void readByPages(MemorySegment map) {
        advise(map, 0, map.byteSize(), NO_HUGE_PAGE);
        advise(map, 0, map.byteSize(), DONT_NEED);
    }

    /** As {@link #readByPages}, and what is written page after page does not come to lie in large folios. */
    static void writeByPages(MemorySegment map) {
        advise(map, 0, map.byteSize(), RANDOM);
        readByPages(map);
    }

    /**
     * Has the kernel begin to read what of a range is not in memory; does not wait for it. The first call does no more than
     * link the function, on a thread of its own: that takes a starting process up to 200 ms, and what it reads first is
     * mostly in the page cache.
     */
    static void prefetch(MemorySegment map, long from, long to) {
        if (!linked) {
            if (LINKING.compareAndSet(false, true)) {
                Thread.ofPlatform().daemon().name("mneme-madvise").start(() -> linked = Madvise.PAGE > 0);
            }
            return;
        }
        long start = from - (map.address() + from) % Madvise.PAGE;
        advise(map, Math.max(0, start), to, WILL_NEED);
    }

    private static void advise(MemorySegment map, long from, long to, int advice) {
        MethodHandle call = Madvise.CALL;
        if (call == null) {
            return;
        }
        try {
            int failed = (int) call.invokeExact(map.asSlice(from, to - from), to - from, advice);
            if (failed != 0) {
                LOG.debug("madvise of {} bytes at {} of {} ({}) failed", to - from, from, map, advice);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("madvise cannot be called", e);
        }
    }
}
