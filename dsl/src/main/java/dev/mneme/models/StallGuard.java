package dev.mneme.models;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * A stream that is closed when no byte has come for a while: {@code java.net.http} has no read time-out, and a silent
 * connection would hold a pull for good.
 */
final class StallGuard extends FilterInputStream {
    private final Thread watch;
    private volatile long lastByte = System.nanoTime();

    StallGuard(InputStream in, Duration stall) {
        super(in);
        this.watch = Thread.ofVirtual().name("mneme-pull-watch").start(() -> watch(stall));
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = super.read(target, offset, length);
        lastByte = System.nanoTime();
        return read;
    }

    private void watch(Duration stall) {
        try {
            while (System.nanoTime() - lastByte < stall.toNanos()) {
                Thread.sleep(Math.min(1_000, stall.toMillis()));
            }
            in.close();
        } catch (InterruptedException | IOException done) {
            // Interrupted: the stream was closed in time. Closing failed: the reader sees the same failure.
        }
    }

    @Override
    public void close() throws IOException {
        watch.interrupt();
        super.close();
    }
}
