package dev.mneme;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a registry shows of the block stores. */
@Timeout(60)
class StoreMetersTest {
    @TempDir
    private Path directory;

    @Test
    void leasesMemoryAndDiskOfAHomeAreShownUntilItIsClosed() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Mneme mneme = TinyModels.home(directory).meters(registry).open()) {
            assertThat(value(registry, "disk")).as("before a tenant is named").isZero();
            Session session = TinyModels.llama(mneme, "s");
            session.ingest("The quick brown fox jumps over the lazy dog. ".repeat(12), TurnOptions.defaults()).await();
            // Nobody reads the reply, so that the engine waits in the middle of it.
            Readers.Recorder reader = Readers.idle();
            Turn turn = session.start("Hello", TurnOptions.defaults().withTemperature(1).withMaxTokens(2_000));
            turn.publisher().subscribe(reader);
            while (value(registry, "leases") == 0) {
                Thread.onSpinWait();
            }
            turn.cancel();
            reader.request(Long.MAX_VALUE);
            reader.whole();

            assertThat(turn.completion().toCompletableFuture().join().finish()).isEqualTo(Finish.CANCELLED);
            assertThat(value(registry, "leases")).isZero();
            assertThat(value(registry, "disk")).isBetween(16.0 * (1 << 20), 17.0 * (1 << 20));
            assertThat(value(registry, "memory")).isPositive();
        }
        assertThat(registry.find("mneme.blocks.leases").gauge()).isNull();
    }

    private static double value(SimpleMeterRegistry registry, String what) {
        return registry.get("mneme.blocks." + what).gauge().value();
    }
}
