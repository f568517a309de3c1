package dev.mneme.actors.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.actors.model.LoadedModel;
import dev.mneme.actors.model.ModelPool;
import dev.mneme.actors.model.ModelSource;
import dev.mneme.actors.session.GenerationWishes;
import dev.mneme.actors.session.MemoryWishes;
import dev.mneme.actors.session.ReplyPiece;
import dev.mneme.actors.session.SessionCommand;
import dev.mneme.actors.session.TurnListener;
import dev.mneme.actors.session.TurnProgress;
import dev.mneme.actors.session.TurnRequest;
import dev.mneme.actors.session.TurnResult;
import dev.mneme.errors.MnemeClosed;
import dev.mneme.persistence.event.SessionStyle;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.model.RuntimeOptions;
import dev.mneme.store.StoreOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session's actor that is gone before its turn has come to the engine. */
@Timeout(60)
class AbandonedTurnTest {
    private static final String MODEL = "tiny";
    private static final String HASH = "its hash";
    private static final Path FILE = Path.of(
            System.getProperty("mneme.rootDir"), "attention-runtime/src/test/resources/oracle/tiny/llama.gguf");

    @TempDir
    private Path directory;

    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch mayLoad = new CountDownLatch(1);

    /** Slow for the turn only: when the session is created the model is located and loaded, and then unloaded again. */
    private final ModelSource slow = new ModelSource() {
        private int asked;

        @Override
        public synchronized LocatedModel locate(String name) {
            asked++;
            if (asked == 3) {
                loading.countDown();
                try {
                    mayLoad.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return new LocatedModel(MODEL, FILE, HASH);
        }
    };

    @Test
    void theModelThatIsLoadedAfterThatIsGivenUp() throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "abandoned");
        try (MnemeNode node = MnemeNode.open(options(system), slow)) {
            CompletableFuture<RuntimeException> failure = startTurn(node);
            loading.await();
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(MnemeClosed.class);
            mayLoad.countDown();

            ModelPool models = node.models();
            LoadedModel loaded = models.acquire(MODEL, HASH);
            loaded.release();
            LoadedModel now = loaded;
            while (now == loaded) {
                Thread.sleep(10);
                models.unloadIdle(Duration.ZERO);
                now = models.acquire(MODEL, HASH);
                now.release();
            }
        }
    }

    private NodeOptions options(ActorSystem<?> system) {
        NodeOptions defaults = NodeOptions.of(directory.resolve("home"));
        return new NodeOptions(
                defaults.home(),
                new RuntimeOptions(Backend.VECTOR, 1),
                StoreOptions.defaults().withArenaBytes(16L << 20),
                defaults.limits(),
                defaults.modelIdle(),
                defaults.closeDeadline(),
                Optional.of(system),
                Optional.empty());
    }

    private static CompletableFuture<RuntimeException> startTurn(MnemeNode node) {
        SessionHandle session = new Sessions(node, "default")
                .open(
                        "s",
                        new OpenRequest(Optional.of(MODEL), Optional.empty(), SessionStyle.RAW, MemoryWishes.NONE, Optional.empty()),
                        MODEL);
        node.models().unloadIdle(Duration.ZERO);
        CompletableFuture<RuntimeException> failure = new CompletableFuture<>();
        TurnRequest request = new TurnRequest(
                "s", new TurnRequest.Content.RawText("Hello"), GenerationWishes.NONE, Optional.empty());
        node.tell(session, new SessionCommand.StartTurn(request, new TurnListener() {
            @Override
            public void started(TurnProgress progress) {}

            @Override
            public void replied(ReplyPiece piece) {}

            @Override
            public void ended(TurnResult result) {}

            @Override
            public void failed(RuntimeException reason) {
                failure.complete(reason);
            }
        }));
        return failure;
    }
}
