package dev.mneme.benchmarks.soak;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Reads what the process takes at even distances, and prints a line each time. For one thread. */
final class Watch {
    private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();
    /** Three thirds of ten, where the time is short. */
    private static final int LEAST_LINES = 30;
    /** How long what sessions gave up at their last turn's end may take to be free. */
    private static final long REST_NANOS = Duration.ofSeconds(10).toNanos();

    private final Work work;
    private final MeterRegistry meters;
    private final PrintStream out;
    private final List<Vitals> readings = new ArrayList<>();
    private long liveAfterFirst;
    private long liveAtEnd;

    /** Reads what was done from {@code work}, and the leases from {@code meters}. */
    Watch(Work work, MeterRegistry meters, PrintStream out) {
        this.work = work;
        this.meters = meters;
        this.out = out;
    }

    /** Watches for so long; {@code check} is called before each reading, and ends it by throwing. */
    void watch(Duration time, Runnable check) {
        out.println("  elapsed    turns     tokens   tok/s   RssAnon     VmRSS      heap   files  leases   (sizes in MiB)");
        long period = Math.min(LINE_NANOS, time.toNanos() / LEAST_LINES);
        long lines = time.toNanos() / period;
        long start = System.nanoTime();
        long tokensBefore = 0;
        for (long line = 1; line <= lines; line++) {
            sleepUntil(start + line * period);
            check.run();
            Vitals vitals = Vitals.now();
            readings.add(vitals);
            long tokens = work.tokens();
            out.println(String.format(Locale.ROOT, "%7.0f s %8d %10d %7.0f %9.1f %9.1f %9.1f %7d %7d",
                    (System.nanoTime() - start) / 1e9, work.turns(), tokens, (tokens - tokensBefore) * 1e9 / period,
                    mebibytes(vitals.anonymous()), mebibytes(vitals.resident()), mebibytes(vitals.heap()),
                    vitals.openFiles(), leases()));
            out.flush();
            tokensBefore = tokens;
            // Not more often: what only a collection gives back must show as growth.
            if (line == lines / 3) {
                liveAfterFirst = Vitals.liveHeap();
            }
        }
        liveAtEnd = Vitals.liveHeap();
    }

    /** Judges, when nothing is running any more. */
    Verdict verdict() {
        long deadline = System.nanoTime() + REST_NANOS;
        while (leases() > 0 && System.nanoTime() < deadline) {
            sleepUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10));
        }
        return Verdict.of(readings, liveAfterFirst, liveAtEnd, leases());
    }

    private long leases() {
        return (long) meters.get("mneme.blocks.leases").gauge().value();
    }

    private static double mebibytes(long bytes) {
        return bytes / (double) (1 << 20);
    }

    private static void sleepUntil(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
