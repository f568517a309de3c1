package dev.mneme.store;

import static dev.mneme.store.Blocks.SMALL;
import static dev.mneme.store.Blocks.key;
import static dev.mneme.store.Blocks.payload;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuietExitTest {
    private final Path home;

    QuietExitTest(@TempDir Path home) {
        this.home = home;
    }

    /** Forgets to close. */
    static final class Forgetful {
        private Forgetful() {
        }

        public static void main(String[] arguments) {
            BlockStore store = BlockStore.open(Path.of(arguments[0]), StoreOptions.defaults().withArenaBytes(1 << 16));
            store.put(key(1), SMALL, payload(key(1), SMALL)).toCompletableFuture().join();
            System.out.println(store.usage().blocks());
        }
    }

    @Test
    void aProcessThatForgetsToCloseExitsAndNothingPrintsButItself() throws Exception {
        Process child = ChildJvm.of(Forgetful.class, home.toString()).start();
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).as("exits by itself").isTrue();
        assertThat(child.exitValue()).isZero();
        assertThat(new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("1" + System.lineSeparator());
        try (BlockStore store = BlockStore.open(home, StoreOptions.defaults())) {
            Blocks.assertServed(store, key(1), SMALL);
        }
    }

    @Test
    void theClassThatChronicleWouldCompileIsThere() throws ClassNotFoundException {
        assertThat(Class.forName("net.openhft.chronicle.hash.VanillaGlobalMutableState$$Native", false, getClass().getClassLoader())).isNotNull();
    }
}
