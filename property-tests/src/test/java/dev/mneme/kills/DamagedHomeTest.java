package dev.mneme.kills;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.Finding;
import dev.mneme.MemoryPolicy;
import dev.mneme.Mneme;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.SessionInfo;
import dev.mneme.ShortWindow;
import dev.mneme.TurnInfo;
import dev.mneme.TurnOptions;
import dev.mneme.Verification;
import dev.mneme.errors.MnemeException;
import dev.mneme.persistence.HomeInUseException;
import dev.mneme.persistence.HomeNotWritableException;
import dev.mneme.persistence.PersistenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged homes. What a session says after the damage is what it says without: what is wrong is not served, it is
 * computed again, and the receipt says so. Or there is an error that says what is wrong. {@code verify} finds it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedHomeTest {
    private static final int SAMPLES = Integer.getInteger("mneme.damages", 6);

    private final Random random = seeded();

    private Path directory = Path.of("");

    /** A home that was closed, and one as a killed process leaves it. */
    private Path closed = Path.of("");

    private Path crashed = Path.of("");
    private Path copy = Path.of("");
    private List<Integer> tokens = List.of();
    private String third = "";

    private static Random seeded() {
        long seed = Long.getLong("mneme.damages.seed", System.nanoTime());
        System.out.println("seed of the damages: " + seed);
        return new Random(seed);
    }

    @BeforeAll
    void live(@TempDir Path temporary) throws IOException {
        directory = temporary;
        closed = directory.resolve("closed");
        crashed = directory.resolve("crashed");
        copy = directory.resolve("copy");
        try (Mneme mneme = Life.open(closed)) {
            Session session = Homes.session(mneme);
            session.say("the first of all", Homes.FIRST);
            session.memory(Homes.FROM_SECOND);
            session.say("and the second", Homes.SECOND);
            assertThat(mneme.verify().findings()).isEmpty();
            tokens = allTokens(session);
            Homes.copy(closed, crashed);
        }
        Homes.copy(closed, copy);
        try (Mneme mneme = Life.open(copy)) {
            third = said(Homes.session(mneme).say("and then?", Homes.THIRD));
        }
    }

    private static List<Integer> allTokens(Session session) {
        List<Integer> all = new ArrayList<>();
        for (TurnInfo turn : session.turns()) {
            all.addAll(session.tokens(turn));
        }
        return all;
    }

    private static String said(Reply reply) {
        return reply.tokens() + reply.text();
    }

    @Test
    void aBitFlippedInABlockIsFoundAndTheBlockComputedAgain() throws IOException {
        assertThat(Homes.files(closed, ".*\\.arena")).as("one for each format").hasSize(2);
        for (int sample = 0; sample < SAMPLES; sample++) {
            Homes.copy(closed, copy);
            Path arena = Homes.files(copy, ".*\\.arena").get(sample % 2);
            int at = usedByte(arena);
            Homes.flip(arena, at, random.nextInt(8));
            expectRebuilt("byte " + at + " of an arena flipped");
        }
    }

    /** Zeros may be room that is not used. */
    private int usedByte(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int at = random.nextInt(bytes.length);
        while (bytes[at] == 0) {
            at = random.nextInt(bytes.length);
        }
        return at;
    }

    @Test
    void anArenaThatWasCutIsFoundAndItsBlocksComputedAgain() throws IOException {
        for (int sample = 0; sample < 2; sample++) {
            Homes.copy(closed, copy);
            Path arena = Homes.files(copy, ".*\\.arena").getFirst();
            int length = random.nextInt(usedBytes(arena));
            Files.write(arena, Arrays.copyOf(Files.readAllBytes(arena), length));
            expectRebuilt("an arena cut to " + length);
        }
    }

    private static int usedBytes(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    @Test
    void aBitFlippedInATailIsFoundAndTheTailComputedAgain() throws IOException {
        for (int sample = 0; sample < SAMPLES; sample++) {
            Homes.copy(closed, copy);
            // A session's tail is in two files that take turns; both are looked at.
            List<Path> tails = Homes.files(copy, ".*\\.tail~?");
            Path tail = tails.get(random.nextInt(tails.size()));
            int at = random.nextInt((int) Files.size(tail));
            Homes.flip(tail, at, random.nextInt(8));
            expectRebuilt("byte " + at + " of a tail flipped");
        }
    }

    private void expectRebuilt(String what) throws IOException {
        try (Mneme mneme = Life.open(copy)) {
            Verification found = mneme.verify();
            assertThat(found.isSound()).as("%s: %s", what, found).isFalse();
            Reply reply = Homes.session(mneme).say("and then?", Homes.THIRD);
            assertThat(said(reply)).as(what).isEqualTo(third);
            if (found.findings().stream().anyMatch(finding -> !finding.session().isEmpty())) {
                assertThat(reply.receipt().rebuilt()).as(what).isPositive();
                assertThat(reply.receipt().rebuiltReason()).as(what).isPresent();
            }
        }
    }

    @Test
    void repairMakesEverythingAgainButWhatTheJournalLost() throws IOException {
        Homes.copy(closed, copy);
        Path arena = Homes.files(copy, ".*\\.arena").getFirst();
        Homes.flip(arena, usedByte(arena), random.nextInt(8));
        Path tail = Homes.files(copy, ".*\\.tail").getFirst();
        Homes.flip(tail, random.nextInt((int) Files.size(tail)), random.nextInt(8));
        try (Mneme mneme = Life.open(copy)) {
            assertThat(mneme.repair().findings()).isEmpty();
            Reply reply = Homes.session(mneme).say("and then?", Homes.THIRD);
            assertThat(said(reply)).isEqualTo(third);
            assertThat(reply.receipt().rebuilt()).isZero();
        }
    }

    @Test
    void repairMakesEveryBlockOfASessionPastItsWindowAgain() throws IOException {
        Path home = directory.resolve("long");
        String model = ShortWindow.model("llama", 320).toString();
        MemoryPolicy memory = MemoryPolicy.sparse().sinks(0).window(64).topK(1).candidates(0).refresh(8);
        Verification before;
        try (Mneme mneme = Life.open(home)) {
            Session session = mneme.session("long").model(model).raw().memory(memory).open();
            session.ingest("all that was ever said, ".repeat(120), TurnOptions.greedy()).await();
            before = mneme.verify();
        }
        Path arena = Homes.files(home, ".*\\.arena").getFirst();
        // In the middle of the line, where the next step need not look.
        Homes.flip(arena, usedBytes(arena) / 3, 2);
        try (Mneme mneme = Life.open(home)) {
            assertThat(mneme.verify().isSound()).isFalse();
            assertThat(mneme.repair().findings()).isEmpty();
            assertThat(mneme.verify().blocks()).isEqualTo(before.blocks());
        }
    }

    @Test
    void aHomeWithoutItsBlocksAndTailsIsSoundAndComputesThemAgain() throws IOException {
        Homes.copy(closed, copy);
        Homes.delete(copy.resolve("tenants/default/blocks"));
        Homes.delete(copy.resolve("tenants/default/tails"));
        try (Mneme mneme = Life.open(copy)) {
            Verification found = mneme.verify();
            assertThat(found.isSound()).as("%s", found).isTrue();
            assertThat(found.findings()).extracting(Finding::kind).containsOnly(Finding.Kind.LEFTOVER);
            Reply reply = Homes.session(mneme).say("and then?", Homes.THIRD);
            assertThat(said(reply)).isEqualTo(third);
            assertThat(reply.receipt().rebuilt()).isEqualTo(tokens.size() - 1);
        }
    }

    @Test
    void aJournalThatWasCutIsReportedAndGoesOnFromItsEndAsBefore() throws IOException {
        Path log = lastLog(crashed);
        byte[] bytes = Files.readAllBytes(log);
        for (int sample = 0; sample < 2 * SAMPLES; sample++) {
            Homes.copy(crashed, copy);
            int length = bytes.length - random.nextInt(Math.min(4_000, bytes.length));
            Files.write(copy.resolve(crashed.relativize(log)), Arrays.copyOf(bytes, length));
            expectCutOrWhole("the log of " + bytes.length + " bytes cut to " + length);
        }
    }

    /** A kill between a reply's last token and its end: the reply is whole, and only has to end. */
    @Test
    void aReplyThatLacksOnlyItsEndIsNotSampledFurther() throws IOException {
        Homes.copy(closed, copy);
        Path endless = directory.resolve("endless");
        Homes.copyJournalButItsLastEvent(copy, endless);
        try (Mneme mneme = Life.open(endless)) {
            Session session = Homes.session(mneme);
            assertThat(allTokens(session)).isEqualTo(tokens);
            assertThat(session.describe().lastFinish()).isEmpty();
            Reply reply = session.resume(TurnOptions.defaults()).await();
            assertThat(reply.tokens()).hasSize(100);
            assertThat(allTokens(session)).isEqualTo(tokens);
            assertThat(said(session.say("and then?", Homes.THIRD))).isEqualTo(third);
        }
    }

    @Test
    void aBitFlippedInAJournalIsAnErrorOrFoundOrCutsItThere() throws IOException {
        List<Path> files = Homes.files(crashed.resolve("journal"), ".*\\.(log|sst)|MANIFEST.*|CURRENT");
        for (int sample = 0; sample < 2 * SAMPLES; sample++) {
            Homes.copy(crashed, copy);
            Path file = files.get(random.nextInt(files.size()));
            if (Files.size(file) > 0) {
                int at = random.nextInt((int) Files.size(file));
                Homes.flip(copy.resolve(crashed.relativize(file)), at, random.nextInt(8));
                expectCutOrWhole("byte " + at + " of " + file + " flipped");
            }
        }
    }

    @Test
    void aBitFlippedInAClosedJournalIsFound() throws IOException {
        List<Path> files = Homes.files(closed.resolve("journal"), ".*\\.(log|sst)");
        for (int sample = 0; sample < 2 * SAMPLES; sample++) {
            Homes.copy(closed, copy);
            Path file = files.get(random.nextInt(files.size()));
            int at = (int) (random.nextDouble() * Files.size(file));
            if (Files.size(file) > 0) {
                Homes.flip(copy.resolve(closed.relativize(file)), at, random.nextInt(8));
                expectFound("byte " + at + " of " + file + " flipped");
            }
        }
    }

    private void expectFound(String what) {
        try (Mneme mneme = Life.open(copy)) {
            assertThat(mneme.verify().isSound()).as(what).isFalse();
        } catch (MnemeException | PersistenceException e) {
            assertThat(e.getMessage()).as(what).isNotBlank();
        }
    }

    private static Path lastLog(Path home) {
        return Homes.files(home.resolve("journal"), ".*\\.log").getLast();
    }

    /** Whatever is there is the beginning of what was; if less than the tail shows, that is said; and it goes on as it did. */
    private void expectCutOrWhole(String what) {
        try (Mneme mneme = Life.open(copy)) {
            Verification found = mneme.verify();
            boolean known = mneme.tenant(Mneme.DEFAULT_TENANT).list().stream()
                    .anyMatch(info -> info.name().equals(Homes.SESSION));
            if (!known) {
                assertThat(found.isSound()).as(what).isFalse();
                return;
            }
            Session session = Homes.session(mneme);
            List<Integer> there = allTokens(session);
            assertThat(tokens.subList(0, there.size())).as(what).isEqualTo(there);
            // The tail has no keys and values of the last sampled token, so that one cannot be missed.
            if (there.size() < tokens.size() - 1) {
                assertThat(found.isSound()).as("%s: %s", what, found).isFalse();
            }
            goOn(session);
            assertThat(allTokens(session)).as(what).isEqualTo(tokens);
            assertThat(said(session.say("and then?", Homes.THIRD))).as(what).isEqualTo(third);
        } catch (MnemeException | PersistenceException e) {
            assertThat(e.getMessage()).as(what).isNotBlank();
        }
    }

    private static void goOn(Session session) {
        SessionInfo info = session.describe();
        if (info.turns() == 0) {
            session.say("the first of all", Homes.FIRST);
        } else if (info.turns() == 1 && info.cutOff() && info.lastFinish().isEmpty()) {
            session.resume(TurnOptions.defaults()).await();
        }
        if (session.describe().turns() == 1) {
            session.memory(Homes.FROM_SECOND);
        }
        session.say("and the second", Homes.SECOND);
    }

    @Test
    void aTurnUnderWayIsNoDamage() throws IOException {
        Homes.copy(closed, copy);
        try (Mneme mneme = Life.open(copy)) {
            CompletableFuture<Reply> reply =
                    Homes.session(mneme).start("at length", Starved.LONG).completion().toCompletableFuture();
            do {
                Verification found = mneme.verify();
                assertThat(found.isSound()).as("%s", found).isTrue();
            } while (!reply.isDone());
        }
    }

    @Test
    void aHomeThatIsInUseIsRefusedHereAndInAnotherProcess() throws Exception {
        Homes.copy(closed, copy);
        try (Mneme mneme = Life.open(copy)) {
            assertThatThrownBy(() -> Life.open(copy)).isInstanceOf(HomeInUseException.class);
            Process other = ChildJvm.start(Life.class, copy.toString(), Homes.MODEL.toString(), "1", "1", "0");
            assertThat(new String(other.getInputStream().readAllBytes(), UTF_8)).isEmpty();
            assertThat(other.waitFor()).isEqualTo(1);
            assertThat(said(Homes.session(mneme).say("and then?", Homes.THIRD))).isEqualTo(third);
        }
    }

    @Test
    void aHomeThatCannotBeWrittenIsRefused() {
        // Not even root may create something there.
        assertThatThrownBy(() -> Life.open(Path.of("/proc/mneme"))).isInstanceOf(HomeNotWritableException.class);
    }

    @Test
    void aFullDiskIsAnErrorAndNothingThatWasShownIsLost() throws Exception {
        Path full = directory.resolve("full");
        // No file may grow past 300 KiB, which the first arena would have to.
        List<String> limited = List.of("bash", "-c", "ulimit -f 300; exec \"$@\"", "bash");
        Process child = ChildJvm.start(
                limited, Starved.class, full.toString(), Homes.MODEL.toString());
        String said = new String(child.getInputStream().readAllBytes(), UTF_8);
        assertThat(child.waitFor()).as(said).isEqualTo(3);
        assertThat(said).contains("failed ");
        List<Integer> shown = said.lines()
                .filter(line -> line.startsWith("token "))
                .map(line -> Integer.valueOf(line.substring("token ".length())))
                .toList();
        List<Integer> unlimited;
        try (Mneme mneme = Life.open(directory.resolve("unlimited"))) {
            unlimited = Homes.session(mneme).say("the first of all", Starved.LONG).tokens();
        }
        assertThat(unlimited).startsWith(shown.toArray(new Integer[0]));
        try (Mneme mneme = Life.open(full)) {
            Verification found = mneme.verify();
            assertThat(found.isSound()).as("%s", found).isTrue();
            Session session = Homes.session(mneme);
            TurnInfo turn = session.turns().getLast();
            List<Integer> there = session.tokens(turn).subList(turn.promptTokens(), turn.end() - turn.position());
            assertThat(there).startsWith(shown.toArray(new Integer[0]));
            Reply rest = session.resume(TurnOptions.defaults().withMaxTokens(Starved.TOKENS - there.size())).await();
            List<Integer> all = new ArrayList<>(there);
            all.addAll(rest.tokens());
            assertThat(all).isEqualTo(unlimited);
        }
    }
}
