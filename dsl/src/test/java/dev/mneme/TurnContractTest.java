package dev.mneme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.mneme.errors.InvalidRequest;
import dev.mneme.errors.NothingToContinue;
import dev.mneme.errors.SessionBusy;
import dev.mneme.errors.TurnCancelled;
import dev.mneme.errors.TurnTimedOut;
import dev.mneme.persistence.event.FinishReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a caller may rely on in a turn, whichever way it is taken and however it is cut off. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class TurnContractTest {
    private static final String TEXT = "Once there was a cat";

    /** Longer than what a session may leave unread, so that a reader who asks for nothing holds it up. */
    private static final int LONG = 400;

    @TempDir
    private static Path directory;

    private Mneme mneme;
    private TurnOptions options;
    private Reply uncut;

    @BeforeAll
    void open() {
        mneme = TinyModels.home(directory).open();
        // A random model may end its reply at any token; the first seed that does not gives a reply to cut.
        long seed = 1;
        do {
            options = TurnOptions.defaults().withTemperature(1).withMaxTokens(LONG).withSeed(seed);
            uncut = session("uncut-" + seed).say(TEXT, options);
            seed++;
        } while (uncut.finish() != Finish.LENGTH);
        assertThat(uncut.tokens()).hasSize(LONG);
        assertThat(uncut.text()).isNotEmpty();
    }

    @AfterAll
    void close() {
        mneme.close();
    }

    private Session session(String name) {
        return TinyModels.llama(mneme, name);
    }

    @Test
    void everyFormOfATurnGivesTheSameReply() throws Exception {
        Reply completed = session("stage").start(TEXT, options).completion().toCompletableFuture().get(60, TimeUnit.SECONDS);
        Readers.Recorder reader = Readers.eager();
        Turn published = session("flow").start(TEXT, options);
        published.publisher().subscribe(reader);
        List<Piece> streamed = sourcePieces(session("source").start(TEXT, options));

        assertThat(completed.text()).isEqualTo(uncut.text());
        assertThat(completed.tokens()).isEqualTo(uncut.tokens());
        assertThat(completed.promptTokens()).isEqualTo(uncut.promptTokens());
        assertThat(Readers.Recorder.tokens(reader.whole())).isEqualTo(uncut.tokens());
        assertThat(reader.text()).isEqualTo(uncut.text());
        assertThat(published.await().text()).isEqualTo(uncut.text());
        assertThat(Readers.Recorder.tokens(streamed)).isEqualTo(uncut.tokens());
        assertThat(Readers.Recorder.text(streamed)).isEqualTo(uncut.text());
    }

    private static List<Piece> sourcePieces(Turn turn) throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "reader");
        try {
            return turn.source()
                    .runWith(Sink.<Piece>seq(), system)
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
        } finally {
            system.terminate();
        }
    }

    @Test
    void aStreamThatIsReadLateIsWhole() throws Exception {
        Turn turn = session("late").start(TEXT, options);
        turn.await();
        Readers.Recorder reader = Readers.eager();
        turn.publisher().subscribe(reader);

        assertThat(reader.text()).isEqualTo(uncut.text());
    }

    @Test
    void blockingFormsWorkOnVirtualThreads() throws Exception {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> reply.complete(session("virtual").say(TEXT, options)));

        assertThat(reply.get(60, TimeUnit.SECONDS).text()).isEqualTo(uncut.text());
    }

    @Test
    void whatHangsOnACompletionMayTalkToTheSessionAgain() throws Exception {
        Session session = session("again");
        CompletableFuture<Reply> second = session.start(TEXT, options)
                .completion()
                .thenApply(first -> session.say(" and", options))
                .toCompletableFuture();

        assertThat(second.get(60, TimeUnit.SECONDS).turn()).isEqualTo(2);
    }

    @Test
    void aCancelledReplyIsFinishedByResumeAsIfNothingHadHappened() throws Exception {
        Session session = session("cancelled");
        Turn turn = heldUp(session, options);
        turn.cancel();
        Reply cut = turn.completion().toCompletableFuture().get(60, TimeUnit.SECONDS);

        assertThat(cut.finish()).isEqualTo(Finish.CANCELLED);
        assertThatThrownBy(turn::await).isInstanceOf(TurnCancelled.class).hasMessageContaining("'cancelled'");
        assertResumes(session, cut);
    }

    @Test
    void aReplyWhoseTimeIsOverIsFinishedByResumeAsIfNothingHadHappened() throws Exception {
        Session session = session("late-reply");
        Turn turn = heldUp(session, options.withTimeout(Duration.ofMillis(250)));
        Reply cut = turn.completion().toCompletableFuture().get(60, TimeUnit.SECONDS);

        assertThat(cut.finish()).isEqualTo(Finish.TIMED_OUT);
        assertThatThrownBy(turn::await).isInstanceOf(TurnTimedOut.class).hasMessageContaining("'late-reply'");
        assertResumes(session, cut);
    }

    @Test
    void anInterruptedThreadLeavesAReplyThatResumeFinishes() throws Exception {
        Session session = session("interrupted");
        Turn turn = heldUp(session, options);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            thrown.set(catchThrowable(turn::await));
            flag.set(Thread.currentThread().isInterrupted());
        });
        waiting.interrupt();
        waiting.join(Duration.ofSeconds(60));

        assertThat(thrown.get()).isInstanceOf(TurnCancelled.class);
        assertThat(flag.get()).isTrue();
        assertResumes(session, turn.completion().toCompletableFuture().get(60, TimeUnit.SECONDS));
    }

    @Test
    void anInterruptedThreadIsNotHeldUpByATurnThatCannotStop() {
        List<FinishReason> told = new ArrayList<>();
        Turn stuck = stuck(told, Duration.ofMillis(50));
        Thread.currentThread().interrupt();
        Throwable thrown = catchThrowable(stuck::await);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(thrown).isInstanceOf(TurnCancelled.class).hasMessageContaining("'stuck'");
        assertThat(told).containsExactly(FinishReason.CANCELLED);
    }

    @Test
    void aSecondInterruptEndsTheWaitForATurnToStop() throws Exception {
        Turn stuck = stuck(new ArrayList<>(), Duration.ofHours(1));
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread waiting = Thread.ofVirtual().start(() -> thrown.complete(catchThrowable(stuck::await)));
        while (!thrown.isDone()) {
            waiting.interrupt();
            Thread.sleep(1);
        }

        assertThat(thrown.get()).isInstanceOf(TurnCancelled.class);
    }

    /** A turn that is told to stop and does not. */
    private Turn stuck(List<FinishReason> told, Duration stopping) {
        PieceStream pieces = new PieceStream(Runnable::run, mneme.clock(), Duration.ofMinutes(1));
        return new Turn("stuck", Runnable::run, pieces, (listener, reason) -> told.add(reason), stopping);
    }

    @Test
    void anotherTurnAfterACutOffReplyWorks() throws Exception {
        Session session = session("cut-then-said");
        Turn turn = heldUp(session, options);
        turn.cancel();
        turn.completion().toCompletableFuture().get(60, TimeUnit.SECONDS);
        Reply next = session.say(" And then", options.withMaxTokens(5));

        assertThat(next.turn()).isEqualTo(2);
        assertThat(next.tokens()).isNotEmpty();
        assertThat(session.turns()).extracting(TurnInfo::finish).doesNotContainNull();
        assertThat(next.receipt().rebuilt()).isZero();
    }

    /** A reply that has come to where its reader holds it up. */
    private static Turn heldUp(Session session, TurnOptions options) throws InterruptedException {
        Turn turn = session.start(TEXT, options);
        turn.publisher().subscribe(Readers.idle());
        int before = -1;
        while (session.describe().tokens() != before) {
            before = session.describe().tokens();
            Thread.sleep(50);
        }
        return turn;
    }

    private void assertResumes(Session session, Reply cut) {
        assertThat(cut.tokens()).hasSizeBetween(1, LONG - 1);
        assertThat(session.describe().cutOff()).isTrue();
        assertThat(uncut.text()).startsWith(cut.text());

        int left = LONG - cut.tokens().size();
        Reply rest = session.resume(TurnOptions.defaults().withMaxTokens(left)).await();

        assertThat(cut.text() + rest.text()).isEqualTo(uncut.text());
        assertThat(joined(cut.tokens(), rest.tokens())).isEqualTo(uncut.tokens());
        assertThat(rest.turn()).isEqualTo(cut.turn());
        assertThat(rest.receipt().rebuilt()).isZero();
        assertThat(rest.receipt().computed()).isEqualTo(1 + left - 1);
    }

    private static List<Integer> joined(List<Integer> first, List<Integer> second) {
        List<Integer> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** Stop texts and characters are held back until they are whole, also across the cut. */
    @Test
    void aReplyCutAtAnyTokenGoesOnWithTheSameText() {
        String held = uncut.text().substring(4, 5) + "\u0001never";
        TurnOptions stopping = options.withStop(held).withMaxTokens(48);
        Session session = session("held-back");
        String whole = session.say(TEXT, stopping).text();
        for (int cut = 1; cut < 48; cut += 3) {
            session.rewind(0);
            Reply first = session.say(TEXT, stopping.withMaxTokens(cut));
            Reply rest = session.resume(TurnOptions.defaults().withMaxTokens(48 - cut)).await();
            assertThat(first.text() + rest.text()).as("cut after %d tokens", cut).isEqualTo(whole);
        }
    }

    @Test
    void aWholeReplyCannotBeResumed() {
        Session session = session("whole");
        String stop = uncut.text().substring(10, 12);
        Reply reply = session.say(TEXT, options.withStop(stop));

        assertThat(reply.finish()).isEqualTo(Finish.STOP);
        assertThat(uncut.text()).startsWith(reply.text());
        assertThat(reply.text()).doesNotContain(stop);
        assertThatThrownBy(() -> session.resume(TurnOptions.defaults()).await()).isInstanceOf(NothingToContinue.class);
    }

    @Test
    void aSlowReaderSlowsOnlyItself() throws Exception {
        Session slow = session("slow");
        Readers.Recorder reader = Readers.idle();
        Turn held = slow.start(TEXT, options);
        held.publisher().subscribe(reader);
        reader.request(1);

        assertThat(session("beside").say(TEXT, options).text()).isEqualTo(uncut.text());
        assertThat(held.completion().toCompletableFuture()).isNotDone();
        while (!reader.isOver()) {
            reader.request(7);
            Thread.sleep(1);
        }
        assertThat(reader.text()).isEqualTo(uncut.text());
    }

    @Test
    void aReaderWhoAsksForNothingIsGivenUp(@TempDir Path ownDirectory) throws Exception {
        try (Mneme impatient = TinyModels.home(ownDirectory).readerPatience(Duration.ofMillis(100)).open()) {
            Session session = TinyModels.llama(impatient, "given-up");
            Turn turn = session.start(TEXT, options);
            turn.publisher().subscribe(Readers.idle());
            Reply cut = turn.completion().toCompletableFuture().get(60, TimeUnit.SECONDS);

            assertThat(cut.finish()).isEqualTo(Finish.TIMED_OUT);
            assertResumes(session, cut);
        }
    }

    @Test
    void aReaderWhoCancelsCancelsTheTurn() throws Exception {
        Session session = session("reader-cancelled");
        Readers.Recorder reader = Readers.idle();
        Turn turn = session.start(TEXT, options);
        turn.publisher().subscribe(reader);
        reader.cancel();

        assertThat(turn.completion().toCompletableFuture().get(60, TimeUnit.SECONDS).finish())
                .isEqualTo(Finish.CANCELLED);
    }

    @Test
    void turnsQueueToALimitAndEachCanBeGivenUp() throws Exception {
        Session session = session("queue");
        Turn running = session.start(TEXT, options);
        Readers.Recorder reader = Readers.idle();
        running.publisher().subscribe(reader);
        List<Turn> waiting = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waiting.add(session.start(" more", options.withMaxTokens(1)));
        }
        Turn refused = session.start(" more", options);
        assertThatThrownBy(refused::await).isInstanceOf(SessionBusy.class).hasMessageContaining("'queue'");
        assertThatThrownBy(() -> session.rewind(0)).isInstanceOf(SessionBusy.class);

        waiting.get(3).cancel();
        assertThatThrownBy(waiting.get(3)::await).isInstanceOf(TurnCancelled.class).hasMessageContaining("'queue'");
        running.cancel();
        waiting.remove(3);
        for (int i = 0; i < waiting.size(); i++) {
            assertThat(waiting.get(i).await().turn()).isEqualTo(2 + i);
        }
        assertThat(session.describe().turns()).isEqualTo(8);
    }

    @Test
    void aWaitingTurnWhoseTimeIsOverSaysSo() throws Exception {
        Session session = session("waiting");
        Turn running = session.start(TEXT, options);
        running.publisher().subscribe(Readers.idle());
        Turn late = session.start(" more", options.withTimeout(Duration.ofMillis(20)));

        assertThatThrownBy(late::await).isInstanceOf(TurnTimedOut.class).hasMessageContaining("'waiting'");
        running.cancel();
        assertThat(session.describe().turns()).isEqualTo(1);
    }

    @Test
    void aTurnMayBeFollowedAtOnceByAnythingElse() {
        Session session = session("at-once");
        for (int i = 0; i < 20; i++) {
            session.say(TEXT, options.withMaxTokens(3));
            Reply forked = session.fork("at-once-" + i).say(" fork", options.withMaxTokens(2));
            assertThat(forked.receipt().rebuilt()).isZero();
            session.rewind(0);
        }
        session.say(TEXT, options.withMaxTokens(3));
        session.delete();
        assertThatThrownBy(() -> session.say("more")).hasMessageContaining("'at-once'");
    }

    @Test
    void badOptionsAreRefusedAndTheSessionIsAsItWas() {
        Session session = session("options");
        session.say(TEXT, options.withMaxTokens(3));
        SessionInfo before = session.describe();
        for (TurnOptions bad : List.of(
                options.withTemperature(-1),
                options.withTemperature(Float.NaN),
                options.withMaxTokens(0),
                options.withTopK(-1),
                options.withTopP(1.5f),
                options.withMinP(-0.1f),
                options.withRepetitionPenalty(0),
                options.withStop(""),
                options.withStop("\ud800"),
                options.withTimeout(Duration.ZERO),
                options.withTimeout(Duration.ofSeconds(Long.MAX_VALUE)),
                options.withRequestId("\udc00"))) {
            assertThatThrownBy(() -> session.say("more", bad)).isInstanceOf(InvalidRequest.class);
        }
        assertThat(session.describe()).isEqualTo(before);
        assertThat(session.say("more", options.withMaxTokens(3)).turn()).isEqualTo(2);
    }
}
