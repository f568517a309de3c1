package dev.mneme.app;

import dev.mneme.Mneme;
import dev.mneme.MnemeOpening;
import dev.mneme.Tenant;
import dev.mneme.Turn;
import dev.mneme.runtime.model.RuntimeOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The memory that a command works on, open until the command is done. Ctrl-C and SIGTERM end the turn under way between
 * two steps, and the memory is closed in order before the process ends.
 */
final class OpenMemory implements AutoCloseable {
    private static final Duration LAST_WORDS = Duration.ofSeconds(35);

    private final Mneme mneme;
    private final Tenant tenant;
    private final double startMillis;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = Thread.ofPlatform().name("mneme-interrupted").unstarted(this::interrupted);
    private volatile @Nullable Turn running;

    private OpenMemory(Mneme mneme, String tenant, double startMillis) {
        this.mneme = mneme;
        this.tenant = mneme.tenant(tenant);
        this.startMillis = startMillis;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    static OpenMemory at(MemoryPlace place, RuntimeOptions runtime) {
        return opened(place, Mneme.at(place.home()).runtime(runtime));
    }

    /** For a turn of this session: its model is loaded while the rest opens. */
    static OpenMemory expecting(String session, MemoryPlace place, RuntimeOptions runtime) {
        return opened(place, Mneme.at(place.home()).runtime(runtime).expecting(place.tenant(), session));
    }

    private static OpenMemory opened(MemoryPlace place, MnemeOpening opening) {
        LogAppender.writeTo(place.home());
        Mneme mneme = opening.open();
        Optional<Instant> start = ProcessHandle.current().info().startInstant();
        double millis = start.map(began -> Duration.between(began, Instant.now()).toNanos() / 1e6).orElse(0.0);
        return new OpenMemory(mneme, place.tenant(), millis);
    }

    Mneme mneme() {
        return mneme;
    }

    Tenant tenant() {
        return tenant;
    }

    /** Milliseconds from the start of the process until the memory was open. */
    double startMillis() {
        return startMillis;
    }

    /** Says which turn Ctrl-C ends. */
    Turn running(Turn turn) {
        running = turn;
        return turn;
    }

    private void interrupted() {
        Turn turn = running;
        if (turn != null && closed.getCount() > 0) {
            turn.cancel();
            try {
                boolean ignored = closed.await(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException impatient) {
                Thread.currentThread().interrupt();
            }
        }
        mneme.close();
    }

    @Override
    public void close() {
        try {
            mneme.close();
        } finally {
            closed.countDown();
            dropHook();
        }
    }

    private void dropHook() {
        try {
            boolean ignored = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException processEnds) {
            // Then it is the hook that waits for us.
        }
    }
}
