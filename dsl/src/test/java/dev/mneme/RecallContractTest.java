package dev.mneme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import dev.mneme.errors.MnemeClosed;
import dev.mneme.errors.NothingToRecall;
import dev.mneme.errors.RecallCancelled;
import dev.mneme.errors.SessionBusy;
import dev.mneme.errors.SessionNotFound;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a recall tells, and that asking for it changes nothing. */
@Timeout(120)
class RecallContractTest {
    private static final TurnOptions SHORT =
            TurnOptions.defaults().withTemperature(1).withMaxTokens(6).withSeed(7);

    /** More than a session may leave unread, so that a reader who asks for nothing holds it up. */
    private static final TurnOptions HELD_UP = SHORT.withMaxTokens(400);

    private static final String LONG_TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(12);

    @TempDir
    private Path directory;

    /** Inside the window a reply attends to all that was before it. */
    @Test
    void aReplyIsToldWithAllOfItsPast() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            session.ingest(LONG_TEXT, SHORT).await();
            session.say(" Hello", SHORT);
            Reply reply = session.say(LONG_TEXT, SHORT);
            Recall recall = session.recall();

            assertThat(recall.session()).isEqualTo("s");
            assertThat(recall.turn()).isEqualTo(3);
            assertThat(recall.queries()).isEqualTo(reply.tokens().size());
            assertWhole(session, recall, session.describe().tokens() - 1);
            assertThat(recall.ownShare()).isStrictlyBetween(0.0, 1.0);
        }
    }

    @Test
    void aDocumentIsToldByItsLastTokens() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            session.ingest(LONG_TEXT, SHORT).await();
            Recall recall = session.recall();

            assertThat(recall.queries()).isEqualTo(64);
            assertThat(recall.ownShare()).isCloseTo(1, within(1e-9));
            assertWhole(session, recall, session.describe().tokens());
            assertThat(session.say("!", SHORT).receipt().rebuilt()).isZero();
        }
    }

    private static void assertWhole(Session session, Recall recall, int end) {
        List<Integer> tokens = new ArrayList<>();
        session.turns().forEach(turn -> tokens.addAll(session.tokens(turn)));
        assertThat(recall.stretches().stream().mapToDouble(Recalled::share).sum()).isCloseTo(1, within(1e-9));
        assertThat(recall.stretches())
                .isSortedAccordingTo(Comparator.comparingDouble(Recalled::share).reversed());
        List<Recalled> inOrder = recall.stretches().stream()
                .sorted(Comparator.comparingInt(stretch -> stretch.tokens().from()))
                .toList();
        int next = 0;
        for (Recalled stretch : inOrder) {
            assertThat(stretch.tokens().from()).isEqualTo(next);
            next = stretch.tokens().to();
            assertThat(stretch.text())
                    .isEqualTo(session.text(tokens.subList(stretch.tokens().from(), next)));
            assertThat(stretch.firstTurn()).isEqualTo(turnAt(session, stretch.tokens().from()));
            assertThat(stretch.lastTurn()).isEqualTo(turnAt(session, next - 1));
        }
        assertThat(next).isEqualTo(end);
        int own = session.turns().getLast().position();
        assertThat(recall.ownShare())
                .isCloseTo(
                        inOrder.stream()
                                .filter(stretch -> stretch.tokens().from() >= own)
                                .mapToDouble(Recalled::share)
                                .sum(),
                        within(1e-9));
    }

    private static int turnAt(Session session, int position) {
        return session.turns().stream()
                .filter(turn -> turn.position() <= position && position < turn.end())
                .findFirst()
                .orElseThrow()
                .turn();
    }

    @Test
    void itIsTheSameInALaterProcessInAForkAndAfterARewind() {
        Recall first;
        Recall second;
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            session.say(LONG_TEXT, SHORT);
            first = session.recall();
            session.say(" Hello", SHORT);
            second = session.recall();
            assertThat(second).isNotEqualTo(first).isEqualTo(session.recall());
        }
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = mneme.tenant("default").existing("s");
            assertThat(session.recall()).isEqualTo(second);
            Session fork = session.fork("f");
            assertThat(fork.recall().stretches()).isEqualTo(second.stretches());
            session.memory(MemoryPolicy.dense());
            assertThat(session.recall()).as("edits after the turn").isEqualTo(second);
            session.rewind(1);
            assertThat(session.recall()).isEqualTo(first);
            session.rewind(0);
            assertThatThrownBy(session::recall).isInstanceOf(NothingToRecall.class);
            fork.delete();
            assertThat(mneme.verify().findings()).isEmpty();
        }
    }

    @Test
    void aContinuedReplyIsToldAsAWhole() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session whole = TinyModels.llama(mneme, "whole");
            whole.say(LONG_TEXT, SHORT.withMaxTokens(12));
            Session cut = TinyModels.llama(mneme, "cut");
            cut.say(LONG_TEXT, SHORT);
            cut.resume(TurnOptions.defaults().withMaxTokens(6)).await();

            assertThat(cut.recall().queries()).isEqualTo(12);
            assertThat(cut.recall().stretches()).isEqualTo(whole.recall().stretches());
        }
    }

    @Test
    void whereThereIsNothingToTellTheErrorSaysWhatToDo() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "empty");
            assertThatThrownBy(session::recall)
                    .isInstanceOf(NothingToRecall.class)
                    .hasMessageContaining("'empty'")
                    .hasMessageContaining("say something");
            session.delete();
            assertThatThrownBy(session::recall).isInstanceOf(SessionNotFound.class);
        }
    }

    @Test
    void itWaitsItsTurnAndTurnsWaitForIt() throws Exception {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            Turn running = session.start(LONG_TEXT, HELD_UP);
            running.publisher().subscribe(Readers.idle());
            CompletableFuture<Recall> recall = asked(session);
            Turn later = session.start(" later", SHORT);
            assertThat(recall).isNotDone();
            while (session.describe().tokens() <= LONG_TEXT.length()) {
                Thread.sleep(5); // until a token of the reply is durable
            }
            running.cancel();

            assertThat(recall.get(60, TimeUnit.SECONDS).turn()).isEqualTo(1);
            assertThat(later.await().turn()).isEqualTo(2);
            assertThat(later.await().receipt().rebuilt()).isZero();
            assertThat(recall.get()).isNotEqualTo(session.recall());
        }
    }

    /** In a thread of its own; on the way to the session when this returns. */
    private static CompletableFuture<Recall> asked(Session session) throws InterruptedException {
        CompletableFuture<Recall> told = new CompletableFuture<>();
        Thread asking = Thread.ofPlatform().start(() -> {
            try {
                told.complete(session.recall());
            } catch (RuntimeException e) {
                told.completeExceptionally(e);
            }
        });
        while (asking.getState() != Thread.State.WAITING && asking.isAlive()) {
            Thread.sleep(1);
        }
        return told;
    }

    @Test
    void itCountsAmongWhatMayWait() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            Turn running = session.start(LONG_TEXT, HELD_UP);
            running.publisher().subscribe(Readers.idle());
            List<Turn> waiting = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                waiting.add(session.start(" more", SHORT.withMaxTokens(1)));
            }
            assertThatThrownBy(session::recall).isInstanceOf(SessionBusy.class).hasMessageContaining("'s'");
            running.cancel();
            waiting.forEach(Turn::await);
            assertThat(session.recall().turn()).isEqualTo(session.describe().turns());
        }
    }

    @Test
    void whoWaitsForItMayBeInterrupted() throws Exception {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            session.say(LONG_TEXT, SHORT);
            Recall before = session.recall();
            AtomicBoolean flag = new AtomicBoolean();
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread asking = Thread.ofVirtual().unstarted(() -> {
                Thread.currentThread().interrupt();
                Throwable cancelled = catchThrowable(session::recall);
                flag.set(Thread.currentThread().isInterrupted());
                thrown.complete(cancelled);
            });
            asking.start();

            assertThat(thrown.get(60, TimeUnit.SECONDS)).isInstanceOf(RecallCancelled.class).hasMessageContaining("'s'");
            assertThat(flag).isTrue();
            assertThat(session.recall()).isEqualTo(before);
        }
    }

    @Test
    void closingEndsOneThatWaits() throws Exception {
        CompletableFuture<Recall> recall;
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            session.start(LONG_TEXT, HELD_UP).publisher().subscribe(Readers.idle());
            recall = asked(session);
        }
        assertThatThrownBy(() -> recall.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(MnemeClosed.class);
    }

    @Test
    void itMayBeFollowedAtOnceByAnythingElse() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            for (int i = 0; i < 10; i++) {
                session.say(LONG_TEXT, SHORT);
                assertThat(session.recall().turn()).isEqualTo(1);
                session.rewind(0);
            }
            session.say(LONG_TEXT, SHORT);
            session.recall();
            session.delete();
        }
    }
}
