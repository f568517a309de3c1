package dev.mneme.app;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** One line on a terminal that is painted over as work gets on. Silent where standard error is no terminal. */
public final class ProgressBar implements AutoCloseable {
    private static final int WIDTH = 24;
    private static final Duration PAINT_EVERY = Duration.ofMillis(100);

    private final PrintStream err;
    private final boolean live;
    private final long start = System.nanoTime();
    private long lastPaint = start - PAINT_EVERY.toNanos();
    private int painted;

    /** On the console's standard error. */
    public ProgressBar(Console console) {
        this.err = console.err();
        this.live = console.live();
    }

    /** Shows {@code done} of {@code total} (0 where unknown); {@code detail} stands behind the bar. */
    public void show(String label, long done, long total, String detail) {
        long now = System.nanoTime();
        if (!live || (now - lastPaint < PAINT_EVERY.toNanos() && done != total)) {
            return;
        }
        lastPaint = now;
        StringBuilder line = new StringBuilder("\r").append(label).append(' ');
        if (total > 0) {
            int filled = (int) (WIDTH * Math.min(done, total) / total);
            line.append('[').append("#".repeat(filled)).append(".".repeat(WIDTH - filled)).append("] ")
                    .append(String.format(Locale.ROOT, "%3d%% ", 100 * Math.min(done, total) / total));
        }
        line.append(detail);
        int length = line.length() - 1;
        line.append(" ".repeat(Math.max(0, painted - length)));
        painted = length;
        err.print(line);
        err.flush();
    }

    /** Seconds since the bar was made. */
    public double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Wipes the line. */
    @Override
    public void close() {
        if (painted > 0) {
            err.print("\r" + " ".repeat(painted) + "\r");
            err.flush();
            painted = 0;
        }
    }
}
