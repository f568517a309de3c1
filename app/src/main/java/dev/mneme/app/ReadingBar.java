package dev.mneme.app;

import dev.mneme.Reading;
import dev.mneme.Turn;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Shows on a terminal how far a long reading is, until the reply begins. */
final class ReadingBar {
    /** Shorter readings are over before anyone looks. */
    private static final int WORTH_SHOWING = 256;

    private static final long LOOK_MILLIS = 20;

    private ReadingBar() {
    }

    /** Returns when the turn has read what it has to, or is over. */
    static void show(Turn turn, Console console) {
        if (!console.live()) {
            return;
        }
        CompletableFuture<?> over = turn.completion().toCompletableFuture();
        try (ProgressBar bar = new ProgressBar(console)) {
            Reading reading = turn.reading();
            while (!over.isDone() && isWorthShowing(reading)) {
                if (reading.total() > 0) {
                    bar.show("reading", reading.computed(), reading.total(), detail(reading, bar.seconds()));
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                reading = turn.reading();
            }
        } catch (InterruptedException cancelled) {
            turn.cancel();
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isWorthShowing(Reading reading) {
        return reading.total() == 0 || (reading.total() >= WORTH_SHOWING && reading.computed() < reading.total());
    }

    private static String detail(Reading reading, double seconds) {
        double rate = reading.computed() / Math.max(seconds, 1e-3);
        String tokens = String.format(Locale.ROOT, "%d of %d tokens, %.0f tok/s", reading.computed(), reading.total(), rate);
        return reading.computed() == 0
                ? tokens
                : tokens + String.format(Locale.ROOT, ", %.0f s left", (reading.total() - reading.computed()) / rate);
    }
}
