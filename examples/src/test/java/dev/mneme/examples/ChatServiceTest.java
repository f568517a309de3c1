package dev.mneme.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.Mneme;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatServiceTest {
    private static final String TINY = Path.of(
                    System.getProperty("mneme.rootDir"),
                    "attention-runtime/src/test/resources/oracle/tiny/llama.gguf")
            .toString();

    @TempDir
    Path home;

    @Test
    void usersAreAnsweredSideBySideAndComeBackToTheirOwnConversations() {
        assertThat(turnsAfterTalking()).isEqualTo(1);
        assertThat(turnsAfterTalking()).as("after a restart").isEqualTo(2);
    }

    private int turnsAfterTalking() {
        Map<String, String> streamed = new ConcurrentHashMap<>();
        try (Mneme mneme = Mneme.open(home)) {
            CompletableFuture<String> ines;
            CompletableFuture<String> omar;
            try (ChatService service = new ChatService(
                    mneme.tenant("acme"),
                    session -> session.model(TINY).raw(),
                    (user, piece) -> streamed.merge(user, piece, String::concat))) {
                ines = service.said("ines", "good morning").toCompletableFuture();
                omar = service.said("omar", "good night").toCompletableFuture();
            }
            assertThat(streamed).containsEntry("ines", ines.join()).containsEntry("omar", omar.join());
            return mneme.tenant("acme").existing("ines").describe().turns();
        }
    }
}
