package dev.mneme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.mneme.errors.InvalidRequest;
import dev.mneme.errors.MnemeClosed;
import dev.mneme.errors.MnemeException;
import dev.mneme.errors.NoSuchTurn;
import dev.mneme.errors.OtherModel;
import dev.mneme.errors.SessionExists;
import dev.mneme.errors.SessionNotFound;
import dev.mneme.errors.WindowExceeded;
import dev.mneme.models.UnknownModel;
import dev.mneme.persistence.HomeInUseException;
import dev.mneme.persistence.index.BlockEntry;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionDirectory;
import dev.mneme.persistence.index.SessionIndex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a caller may rely on in a session, over its whole life and across processes. */
@Timeout(120)
class SessionContractTest {
    private static final TurnOptions SHORT =
            TurnOptions.defaults().withTemperature(1).withMaxTokens(6).withSeed(7);

    private static final String LONG_TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(12);

    @TempDir
    private Path directory;

    @Test
    void aRepeatedRequestGetsTheFirstOutcomeAlsoInALaterProcess() {
        Reply said;
        SessionInfo after;
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            said = session.say("Hello", SHORT.withRequestId("say-1"));
            assertSameOutcome(session.say("Hello", SHORT.withRequestId("say-1")), said);
            session.say(" again", SHORT.withRequestId("say-2"));
            session.fork("f", Optional.of("fork-1"));
            assertThat(session.fork("f", Optional.of("fork-1")).describe().turns()).isEqualTo(2);
            assertThatThrownBy(() -> session.fork("f")).isInstanceOf(SessionExists.class);
            session.rewind(1, Optional.of("rewind-1"));
            session.say(" differently", SHORT);
            after = session.describe();
        }
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = mneme.tenant("default").existing("s");
            assertSameOutcome(session.say("Hello", SHORT.withRequestId("say-1")), said);
            assertThat(session.rewind(1, Optional.of("rewind-1"))).isEqualTo(after);
            assertThat(session.fork("f", Optional.of("fork-1")).describe().turns()).isEqualTo(2);
            assertThat(session.describe()).isEqualTo(after);
            assertThatThrownBy(() -> session.say("Hello", SHORT.withRequestId("rewind-1")))
                    .isInstanceOf(InvalidRequest.class);
            assertThatThrownBy(() -> session.rewind(0, Optional.of("say-1"))).isInstanceOf(InvalidRequest.class);
            assertThat(session.describe()).isEqualTo(after);
        }
    }

    @Test
    void anExpectedSessionGoesOnAsAnyOther() {
        Reply second;
        try (Mneme mneme = TinyModels.home(directory.resolve("plain")).open()) {
            TinyModels.llama(mneme, "s").say("Hello", SHORT);
            second = mneme.tenant("default").existing("s").say(" again", SHORT);
        }
        Path home = directory.resolve("expecting");
        try (Mneme mneme = TinyModels.home(home).expecting("default", "nobody yet").open()) {
            TinyModels.llama(mneme, "s").say("Hello", SHORT);
        }
        try (Mneme mneme = TinyModels.home(home).expecting("default", "s").open()) {
            assertThat(mneme.tenant("default").existing("s").say(" again", SHORT).tokens()).isEqualTo(second.tokens());
        }
        try (Mneme mneme = TinyModels.home(home).expecting("default", "s").open()) {
            assertThat(mneme.tenant("default").existing("s").describe().turns()).isEqualTo(2); // closed while it loads
        }
    }

    @Test
    void aRequestWhoseTurnWasRewoundStillHasItsOutcome() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            session.say("Hello", SHORT);
            Reply said = session.say(" again", SHORT.withRequestId("second"));
            session.rewind(1);
            Reply other = session.say(" differently", SHORT);

            assertThat(other.turn()).isEqualTo(said.turn());
            assertSameOutcome(session.say(" again", SHORT.withRequestId("second")), said);
        }
    }

    @Test
    void aRequestWhoseReplyWasContinuedStillHasItsOwnOutcome() {
        Reply first;
        Reply rest;
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            first = session.say("Hello", SHORT.withRequestId("first"));
            rest = session.resume(SHORT.withRequestId("rest")).await();
            Reply last = session.resume(SHORT).await();
            assertThat(List.of(first, rest, last)).extracting(Reply::finish).containsOnly(Finish.LENGTH);

            assertSameOutcome(session.say("Hello", SHORT.withRequestId("first")), first);
            assertSameOutcome(session.resume(SHORT.withRequestId("rest")).await(), rest);
            assertThat(session.describe().tokens()).isEqualTo(last.receipt().contextTokens());
            session.rewind(0);
        }
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = mneme.tenant("default").existing("s");
            assertSameOutcome(session.say("Hello", SHORT.withRequestId("first")), first);
            assertSameOutcome(session.resume(SHORT.withRequestId("rest")).await(), rest);
            assertThat(session.describe().tokens()).isZero();
        }
    }

    @Test
    void aRequestIsRepeatedAlsoWhileTheContinuationOfItsReplyIsCutOff() throws Exception {
        TurnOptions options = SHORT.withMaxTokens(400).withSeed(longReplySeed());
        Reply whole;
        Reply first;
        Turn turn;
        try (Mneme mneme = TinyModels.home(directory).open()) {
            whole = TinyModels.llama(mneme, "whole").say("Hello", options);
            Session session = TinyModels.llama(mneme, "s");
            first = session.say("Hello", options.withMaxTokens(6).withRequestId("first"));
            turn = session.resume(options.withMaxTokens(394).withRequestId("rest"));
            turn.publisher().subscribe(Readers.idle());
            while (session.describe().tokens() < 100) {
                Thread.sleep(20);
            }
        }
        assertThat(turn.completion().toCompletableFuture().get(60, TimeUnit.SECONDS).finish())
                .isEqualTo(Finish.INTERRUPTED);

        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = mneme.tenant("default").existing("s");
            int tokens = session.describe().tokens();
            assertSameOutcome(session.say("Hello", options.withMaxTokens(6).withRequestId("first")), first);
            assertThat(session.describe().tokens()).isEqualTo(tokens);

            Reply rest = session.resume(options.withMaxTokens(394).withRequestId("rest")).await();
            assertThat(first.text() + rest.text()).isEqualTo(whole.text());
            assertThat(rest.tokens()).isEqualTo(whole.tokens().subList(6, 400));
            assertSameOutcome(session.say("Hello", options.withMaxTokens(6).withRequestId("first")), first);
        }
    }

    @Test
    void aRequestThatTakesUpACutOffTurnHasItsOutcomeFromThenOn() throws Exception {
        TurnOptions options = SHORT.withMaxTokens(400).withSeed(longReplySeed());
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            session.start("Hello", options.withRequestId("first")).publisher().subscribe(Readers.idle());
            while (session.describe().tokens() < 100) {
                Thread.sleep(20);
            }
        }
        Reply whole;
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = mneme.tenant("default").existing("s");
            whole = session.resume(TurnOptions.defaults().withRequestId("again")).await();
            assertThat(whole.tokens()).hasSize(400);
        }
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = mneme.tenant("default").existing("s");
            assertSameOutcome(session.resume(TurnOptions.defaults().withRequestId("again")).await(), whole);
            assertSameOutcome(session.say("Hello", options.withRequestId("first")), whole);
            assertThat(session.describe().turns()).isEqualTo(1);
        }
    }

    private static void assertSameOutcome(Reply repeated, Reply first) {
        assertThat(repeated).usingRecursiveComparison().ignoringFields("receipt.timeToFirstToken", "receipt.tokensPerSecond")
                .isEqualTo(first);
    }

    @Test
    @SuppressWarnings("try") // closing twice is the point
    void closingInMidReplyLeavesAReplyThatResumeFinishes() throws Exception {
        TurnOptions options = SHORT.withMaxTokens(400).withSeed(longReplySeed());
        Reply uncut;
        String shown;
        Turn turn;
        try (Mneme mneme = TinyModels.home(directory).open()) {
            uncut = TinyModels.llama(mneme, "uncut").say("Hello", options);
            turn = TinyModels.llama(mneme, "cut").start("Hello", options);
            Readers.Recorder reader = Readers.idle();
            turn.publisher().subscribe(reader);
            while (mneme.session("cut").open().describe().tokens() < 100) {
                Thread.sleep(20);
            }
            mneme.close();
            mneme.close();
        }
        Reply cut = turn.completion().toCompletableFuture().get(60, TimeUnit.SECONDS);
        assertThat(cut.finish()).isEqualTo(Finish.INTERRUPTED);
        shown = cut.text();
        assertThat(cut.tokens().size()).isLessThan(400);
        turn.cancel();

        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = mneme.tenant("default").existing("cut");
            assertThat(session.describe().cutOff()).isTrue();
            Reply resumed = session.resume(TurnOptions.defaults()).await();
            assertThat(resumed.text()).isEqualTo(uncut.text()).startsWith(shown);
            assertThat(resumed.tokens()).isEqualTo(uncut.tokens());
            assertThat(resumed.receipt().rebuilt()).isZero();
        }
    }

    /** A seed with which the random model does not happen to end its reply. */
    private long longReplySeed() {
        try (Mneme mneme = TinyModels.home(directory.resolve("probe")).open()) {
            long seed = 1;
            while (TinyModels.llama(mneme, "probe-" + seed).say("Hello", SHORT.withMaxTokens(400).withSeed(seed)).finish()
                    != Finish.LENGTH) {
                seed++;
            }
            return seed;
        }
    }

    @Test
    void afterCloseEverythingIsRefusedWithATypedError() {
        Mneme mneme = TinyModels.home(directory).open();
        Session session = TinyModels.llama(mneme, "s");
        session.say("Hello", SHORT);
        Tenant tenant = mneme.tenant("default");
        mneme.close();

        for (Runnable use : List.<Runnable>of(
                () -> session.say("more", SHORT),
                () -> session.ingest("more", SHORT),
                session::describe,
                session::turns,
                () -> session.fork("f"),
                () -> session.rewind(0),
                session::delete,
                tenant::list,
                () -> tenant.existing("s"),
                () -> tenant.session("t").open(),
                () -> mneme.tenant("other"))) {
            assertThat(catchThrowable(use::run)).isInstanceOf(MnemeClosed.class);
        }
    }

    @Test
    void anActorSystemThatIsStoppedFirstIsAsGoodAsAClose() throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "stopped");
        Reply said;
        try (Mneme mneme = TinyModels.home(directory).actorSystem(system).open()) {
            Session session = TinyModels.llama(mneme, "s");
            said = session.say("Hello", SHORT.withRequestId("first"));
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);

            assertThatThrownBy(() -> session.say("more", SHORT)).isInstanceOf(MnemeClosed.class);
            assertThatThrownBy(session::describe).isInstanceOf(MnemeClosed.class);
        }
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = mneme.tenant("default").existing("s");
            assertSameOutcome(session.say("Hello", SHORT.withRequestId("first")), said);
            assertThat(session.say(" more", SHORT).receipt().rebuilt()).isZero();
        }
    }

    @Test
    void anActorSystemMayHaveSeveralHomesAndOneAfterTheOther() throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "shared");
        Path otherDirectory = directory.resolve("other");
        Reply first;
        try (Mneme other = TinyModels.home(otherDirectory).actorSystem(system).open()) {
            Session there = TinyModels.llama(other, "s");
            try (Mneme one = TinyModels.home(directory).actorSystem(system).open()) {
                Session here = TinyModels.llama(one, "s");
                first = here.say("Hello", SHORT);
                assertThat(there.describe().turns()).isZero();
                there.say("Something else", SHORT);
                assertThat(here.turns()).hasSize(1);
                assertThatThrownBy(() -> TinyModels.home(directory).actorSystem(system).open())
                        .isInstanceOf(HomeInUseException.class);
            }
            assertThat(there.say(" and more", SHORT).turn()).isEqualTo(2);
            try (Mneme one = TinyModels.home(directory).actorSystem(system).open()) {
                Session here = one.tenant("default").existing("s");
                assertThat(here.describe().tokens()).isEqualTo(first.receipt().contextTokens());
                assertThat(here.say(" again", SHORT).receipt().rebuilt()).isZero();
            }
        } finally {
            system.terminate();
        }
        try (Mneme other = TinyModels.home(otherDirectory).open()) {
            assertThat(other.verify().isSound()).isTrue();
            assertThat(other.tenant("default").existing("s").describe().turns()).isEqualTo(2);
        }
    }

    @Test
    void twoTenantsShareNoBlock() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Reply first = say(mneme, "anna");
            Reply other = say(mneme, "berta");
            Reply again = mneme.tenant("anna").session("again").model(TinyModels.llama()).raw().open().say(LONG_TEXT, SHORT);

            assertThat(other.text()).isEqualTo(first.text());
            assertThat(other.receipt().reused()).isZero();
            assertThat(other.receipt().computed()).isEqualTo(first.receipt().computed());
            assertThat(again.receipt().reused()).as("the same text of the same tenant").isGreaterThan(100);
            assertThat(keys(mneme, "anna")).isNotEmpty().doesNotContainAnyElementsOf(keys(mneme, "berta"));
            assertThat(mneme.tenant("anna").list()).hasSize(2);
            assertThat(mneme.tenant("berta").list()).hasSize(1);
            assertThatThrownBy(() -> mneme.tenant("berta").existing("again")).isInstanceOf(SessionNotFound.class);
        }
    }

    private static Reply say(Mneme mneme, String tenant) {
        return mneme.tenant(tenant).session("s").model(TinyModels.llama()).raw().open().say(LONG_TEXT, SHORT);
    }

    private static Set<String> keys(Mneme mneme, String tenant) {
        SessionDirectory directory = mneme.node().journal().directory(tenant);
        SessionIndex index = mneme.node().journal().index(tenant);
        List<BlockEntry> blocks = index.blocks(new BranchId(directory.find("s").orElseThrow(), 1), 0, 1_000);
        return blocks.stream().map(block -> block.keyHigh() + ":" + block.keyLow()).collect(Collectors.toSet());
    }

    @Test
    void aListSaysOfEachSessionWhatItWouldSayItselfAndStartsNone() throws Exception {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            TinyModels.llama(mneme, "new");
            Session said = TinyModels.llama(mneme, "said");
            said.say("Hello", SHORT);
            said.resume(SHORT).await();
            said.fork("forked");
            TinyModels.llama(mneme, "read").ingest(LONG_TEXT, SHORT).await();
            Session back = TinyModels.llama(mneme, "back");
            back.say("Hello", SHORT);
            back.say(" again", SHORT);
            back.rewind(1);
            Session none = said.fork("none");
            none.rewind(0);
            Session gone = said.fork("gone");
            gone.delete();
            TinyModels.llama(mneme, "open").start("Hello", SHORT.withMaxTokens(400).withSeed(longReplySeed()))
                    .publisher().subscribe(Readers.idle());
            while (mneme.session("open").open().describe().tokens() < 100) {
                Thread.sleep(20);
            }
        }
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "listed");
        try (Mneme mneme = TinyModels.home(directory).actorSystem(system).open()) {
            String before = actors(system);
            List<SessionInfo> listed = mneme.tenant("default").list();

            assertThat(actors(system)).isEqualTo(before);
            assertThat(listed).extracting(SessionInfo::name)
                    .containsExactly("back", "forked", "new", "none", "open", "read", "said");
            for (SessionInfo info : listed) {
                assertThat(info).isEqualTo(mneme.tenant("default").existing(info.name()).describe());
            }
            assertThat(actors(system)).isNotEqualTo(before);
        } finally {
            system.terminate();
        }
    }

    private static String actors(ActorSystem<?> system) {
        // How many children each actor has; of what class an actor's cell is changes while it starts.
        return ((ExtendedActorSystem) system.classicSystem())
                .printTree()
                .replaceAll("(?m)> (\\S+) .*?(\\w+ children)$", "> $1 $2");
    }

    @Test
    void twoModelsInOneProcessDoNotDisturbEachOther() throws Exception {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session llama = TinyModels.llama(mneme, "llama");
            Session qwen = mneme.session("qwen").model(TinyModels.qwen2()).raw().open();
            TurnOptions options = SHORT.withMaxTokens(60);
            String aloneLlama = llama.say("Hello", options).text();
            String aloneQwen = qwen.say("Hello", options).text();
            llama.rewind(0);
            qwen.rewind(0);
            Turn one = llama.start("Hello", options);
            Turn two = qwen.start("Hello", options);

            assertThat(one.await().text()).isEqualTo(aloneLlama);
            assertThat(two.await().text()).isEqualTo(aloneQwen).isNotEqualTo(aloneLlama);
        }
    }

    @Test
    void aSessionKeepsItsModel() throws Exception {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            session.say("Hello", SHORT);
            SessionInfo before = session.describe();

            assertThatThrownBy(() -> mneme.session("s").model(TinyModels.qwen2()).open())
                    .isInstanceOf(OtherModel.class)
                    .hasMessageContaining("'s'");
            assertThatThrownBy(() -> mneme.session("s").model("no-such-model").open()).isInstanceOf(UnknownModel.class);
            Path copy = Files.copy(Path.of(TinyModels.llama()), directory.resolve("copy.gguf"));
            assertThat(mneme.session("s").model(copy.toString()).open().describe()).isEqualTo(before);
            assertThat(mneme.session("s").open().describe()).isEqualTo(before);
        }
    }

    @Test
    void badInputIsATypedErrorAndLeavesTheSessionAsItWas() throws Exception {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.dense(mneme, "s");
            session.say("Hello", SHORT);
            SessionInfo before = session.describe();
            List<SessionInfo> all = mneme.tenant("default").list();
            Path damaged = Files.write(directory.resolve("damaged.gguf"), new byte[1000]);

            assertTyped(InvalidRequest.class, () -> session.say(""));
            assertTyped(InvalidRequest.class, () -> session.ingest("", SHORT));
            assertTyped(InvalidRequest.class, () -> session.say("half \ud83d of a pair"));
            assertTyped(InvalidRequest.class, () -> session.say("\udc00"));
            assertTyped(InvalidRequest.class, () -> session.ingest("\ud83d\ud83d", SHORT));
            assertTyped(NoSuchTurn.class, () -> session.rewind(2));
            assertTyped(NoSuchTurn.class, () -> session.rewind(-1));
            for (String name : List.of("../s", "a/b", "a\\b", "..", ".", "", "   ", "x".repeat(10_000), "a\nb", "\ud83d")) {
                assertTyped(InvalidRequest.class, () -> mneme.session(name).model(TinyModels.llama()).raw().open());
                assertTyped(InvalidRequest.class, () -> session.fork(name));
                assertTyped(InvalidRequest.class, () -> mneme.tenant("default").existing(name));
            }
            for (String tenant : List.of("../x", "A", "", "x".repeat(65), ".hidden", "a/b")) {
                assertTyped(InvalidRequest.class, () -> mneme.tenant(tenant));
            }
            assertTyped(InvalidRequest.class, () -> mneme.session("n").model(TinyModels.llama()).system("\ud83d").open());
            assertThatThrownBy(() -> mneme.session("n").model("no-such-model").open()).isInstanceOf(UnknownModel.class);
            assertTyped(MnemeException.class, () -> mneme.session("d").model(damaged.toString()).raw().open().say("x"));
            assertTyped(InvalidRequest.class, () -> mneme.session("chat").model(TinyModels.llama()).open().say("x"));
            assertTyped(WindowExceeded.class, () -> session.say(LONG_TEXT.repeat(20), SHORT));
            assertTyped(WindowExceeded.class, () -> session.ingest(LONG_TEXT.repeat(20), SHORT).await());
            assertTyped(SessionNotFound.class, () -> mneme.tenant("default").existing("nobody"));

            assertThat(session.describe()).isEqualTo(before);
            assertThat(mneme.tenant("default").list()).containsAll(all);
            assertThat(session.say(" more", SHORT).turn()).isEqualTo(2);
        }
    }

    private static void assertTyped(Class<? extends RuntimeException> type, Runnable use) {
        assertThat(catchThrowable(use::run)).isInstanceOf(type).message().isNotBlank().doesNotContain("Exception");
    }

    @Test
    void aReplyOfADenseSessionEndsAtTheModelsWindow() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.dense(mneme, "s");
            session.ingest(LONG_TEXT, SHORT).await();
            while (session.describe().tokens() + 400 < 2048) {
                session.ingest(LONG_TEXT.substring(0, 200), SHORT).await();
            }
            Reply last;
            do {
                last = session.say("a", SHORT.withMaxTokens(2_000));
            } while (last.finish() == Finish.STOP && session.describe().tokens() < 2046);

            assertThat(session.describe().tokens()).isLessThanOrEqualTo(2048);
            assertThat(last.finish()).isEqualTo(Finish.LENGTH);
            assertThat(session.describe().tokens()).isEqualTo(2048);
            assertThatThrownBy(() -> session.say("a", SHORT)).isInstanceOf(WindowExceeded.class);
            assertThatThrownBy(() -> session.resume(SHORT).await()).isInstanceOf(WindowExceeded.class);
        }
    }

    @Test
    void aForkInsideABlockKeepsItsOwnRows() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session parent = TinyModels.llama(mneme, "parent");
            parent.say("Hello", SHORT);
            Session fork = parent.fork("fork");
            parent.say(LONG_TEXT, SHORT);
            fork.say(" you", SHORT);
            Reply forked = fork.say(" there", SHORT.withMaxTokens(40));

            Session alone = TinyModels.llama(mneme.tenant("alone"), "alone");
            alone.say("Hello", SHORT);
            alone.say(" you", SHORT);
            Reply unforked = alone.say(" there", SHORT.withMaxTokens(40));

            assertThat(forked.text()).isEqualTo(unforked.text());
            assertThat(forked.tokens()).isEqualTo(unforked.tokens());
        }
    }
}
