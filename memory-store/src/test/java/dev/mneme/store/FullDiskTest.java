package dev.mneme.store;

import static dev.mneme.store.Blocks.SMALL;
import static dev.mneme.store.Blocks.key;
import static dev.mneme.store.Blocks.payload;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that cannot take another arena: a typed refusal, or eviction where there is something to evict. */
class FullDiskTest {
    private static final int SLOTS = 64;
    private static final long ARENA_BYTES = (long) SLOTS * new BlockLayout(SMALL).stride();

    private final Path home;

    FullDiskTest(@TempDir Path home) {
        this.home = home;
    }

    /** Puts blocks into arenas of a size and tells what came of it. */
    static final class Filler {
        private Filler() {
        }

        public static void main(String[] arguments) {
            StoreOptions options = StoreOptions.defaults().withArenaBytes(Long.parseLong(arguments[1]));
            try (BlockStore store = BlockStore.open(Path.of(arguments[0]), options)) {
                for (int n = 0; n < 3; n++) {
                    try {
                        store.put(key(n), SMALL, payload(key(n), SMALL)).toCompletableFuture().join();
                        System.out.print("stored ");
                    } catch (CompletionException e) {
                        System.out.print((e.getCause() instanceof StoreException.Failed ? "refused " : e + " "));
                    }
                }
                System.out.print(store.usage().arenas());
            }
        }
    }

    private static String fill(Path home, long arenaBytes, int limitKibibytes) throws Exception {
        Process child = ChildJvm.startWithFileLimit(limitKibibytes, Filler.class, home.toString(), Long.toString(arenaBytes));
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).isZero();
        return said;
    }

    @Test
    void noRoomForAnArenaIsATypedErrorAndLeavesNothingBehind() throws Exception {
        assertThat(fill(home, 64 * ARENA_BYTES, 512)).isEqualTo("refused refused refused 0");
        assertThat(home.resolve("blocks/3x64")).isEmptyDirectory();
        assertThat(fill(home, ARENA_BYTES, 512)).isEqualTo("stored stored stored 1");
        try (BlockStore store = BlockStore.open(home, StoreOptions.defaults())) {
            for (int n = 0; n < 3; n++) {
                Blocks.assertServed(store, key(n), SMALL);
            }
        }
    }
}
