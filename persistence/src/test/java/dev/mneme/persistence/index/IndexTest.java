package dev.mneme.persistence.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.persistence.Directories;
import dev.mneme.persistence.JournalOrderException;
import dev.mneme.persistence.SessionGoneException;
import dev.mneme.persistence.SessionNameTakenException;
import dev.mneme.persistence.event.EditKind;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.PromptExtended;
import dev.mneme.persistence.event.Rewound;
import dev.mneme.persistence.event.Samples;
import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.event.SessionDeleted;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.SessionForked;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TokensSampled;
import dev.mneme.persistence.event.TurnCost;
import dev.mneme.persistence.event.TurnEnded;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.event.TurnResumed;
import dev.mneme.persistence.event.TurnStarted;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.home.StoreAccess;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.persistence.journal.Serialized;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexTest {
    private static final TurnCost COST = new TurnCost(0, 0, 0, Optional.empty(), 0, 0, 0, 0, 0);

    @TempDir
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private JournalDatabase database;

    @SuppressWarnings("NullAway.Init")
    private SessionIndex index;

    @BeforeEach
    void open() {
        database = JournalDatabase.open(directory, Directories.NATIVE_CACHE);
        index = database.index("acme");
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void write(String session, SessionEvent event) {
        long next = index.head(session).map(SessionHead::sequenceNr).orElse(0L) + 1;
        write("acme", session, next, event);
    }

    private void write(String tenant, String session, long sequenceNr, SessionEvent event) {
        try {
            database.append(
                            new SessionPersistenceId(tenant, session).text(),
                            List.of(new EventRecord(sequenceNr, Serialized.of(event), "", "w", 1)))
                    .join();
        } catch (CompletionException e) {
            throw (RuntimeException) e.getCause();
        }
    }

    private static SessionCreated created(String session, String name) {
        return new SessionCreated("acme", name, session, 1, Samples.FACTS, Optional.of("create-" + session));
    }

    private static SessionForked forked(String session, String parent, int position, int turn) {
        return new SessionForked(
                "acme", "name-" + session, session, 1, parent, 1, position, turn, Optional.of("fork"), Samples.FACTS);
    }

    private static TurnStarted started(int turn, int position, String requestId, int... prompt) {
        return new TurnStarted(
                turn,
                TurnKind.SAY,
                Optional.of(requestId),
                position,
                Tokens.of(prompt),
                prompt.length,
                Samples.OPTIONS,
                Optional.empty(),
                1);
    }

    private static TokensSampled sampled(int turn, int position, int... tokens) {
        return new TokensSampled(turn, position, Tokens.of(tokens));
    }

    private static TurnEnded ended(int turn, int position) {
        return new TurnEnded(turn, position, FinishReason.STOP, COST);
    }

    /** A session s with one turn of the tokens 1 to 5. */
    private void oneTurn() {
        write("s", created("s", "ines"));
        write("s", started(1, 0, "r1", 1, 2, 3));
        write("s", sampled(1, 3, 4, 5));
        write("s", ended(1, 5));
    }

    @Test
    void anEventThatContradictsTheJournalIsNotWritten() {
        oneTurn();
        SessionHead before = index.head("s").orElseThrow();

        for (SessionEvent event : List.of(
                created("s", "again"),
                started(1, 5, "x", 6),
                started(3, 5, "x", 6),
                started(2, 4, "x", 6),
                sampled(1, 5, 6),
                new PromptExtended(1, 5, Tokens.of(6)),
                ended(1, 5),
                new Rewound(2, 5, Optional.empty()),
                new Rewound(1, 6, Optional.empty()),
                new MemoryEdited(4, EditKind.PIN, "", 0, 2, Optional.empty()))) {
            assertThatThrownBy(() -> write("s", event))
                    .as(event.toString())
                    .isInstanceOf(JournalOrderException.class)
                    .hasMessageContaining("session s");
        }
        assertThat(index.head("s")).contains(before);
        assertThat(index.request("s", "x")).isEmpty();
        assertThat(index.event("s", before.sequenceNr() + 1)).isEmpty();
    }

    @Test
    void aSecondWriterOfTheSameSessionIsRefused() {
        oneTurn();

        assertThatThrownBy(() -> write("acme", "s", 4, started(2, 5, "x", 6))).isInstanceOf(JournalOrderException.class);
        assertThatThrownBy(() -> write("acme", "s", 6, started(2, 5, "x", 6))).isInstanceOf(JournalOrderException.class);
    }

    @Test
    void aSessionHasToBeCreatedUnderItsOwnId() {
        assertThatThrownBy(() -> write("s", started(1, 0, "x", 1))).isInstanceOf(JournalOrderException.class);
        assertThatThrownBy(() -> write("s", created("other", "n"))).isInstanceOf(JournalOrderException.class);
        assertThatThrownBy(() -> write("other tenant", "s", 1, created("s", "n")))
                .isInstanceOf(JournalOrderException.class);
    }

    @Test
    void aNameBelongsToOneSessionUntilThatIsDeleted() {
        oneTurn();
        assertThatThrownBy(() -> write("s2", created("s2", "ines")))
                .isInstanceOf(SessionNameTakenException.class)
                .hasMessageContaining("'ines'");
        assertThat(database.directory("acme").find("ines")).contains("s");

        write("s", new SessionDeleted(Optional.of("d")));
        assertThat(database.directory("acme").find("ines")).isEmpty();
        write("s2", created("s2", "ines"));

        assertThat(database.directory("acme").find("ines")).contains("s2");
        assertThat(database.directory("acme").deletedBy("ines", "d")).contains("s");
        assertThat(database.directory("acme").sessionIds()).containsExactly("s", "s2");
    }

    @Test
    void oneTenantsSessionsAreOutOfEveryOtherTenantsReach() {
        oneTurn();
        SessionIndex other = database.index("other");

        assertThat(other.head("s")).isEmpty();
        assertThat(other.event("s", 1)).isEmpty();
        assertThat(other.request("s", "r1")).isEmpty();
        assertThat(database.directory("other").find("ines")).isEmpty();
        assertThatThrownBy(() -> other.tokens(new BranchId("s", 1), 0, 5)).isInstanceOf(SessionGoneException.class);
        assertThatThrownBy(() -> write(
                        "other",
                        "thief",
                        1,
                        new SessionForked(
                                "other", "n", "thief", 1, "s", 1, 5, 1, Optional.empty(), Samples.FACTS)))
                .isInstanceOf(SessionGoneException.class);
    }

    @Test
    void aDeletedSessionIsNotForked() {
        oneTurn();
        write("s", new SessionDeleted(Optional.empty()));

        assertThatThrownBy(() -> write("f", forked("f", "s", 5, 1))).isInstanceOf(SessionGoneException.class);
    }

    @Test
    void aForkPastTheEndOfItsParentIsRefused() {
        oneTurn();

        assertThatThrownBy(() -> write("f", forked("f", "s", 6, 1))).isInstanceOf(JournalOrderException.class);
        assertThatThrownBy(() -> write("f", forked("f", "s", 5, 2))).isInstanceOf(JournalOrderException.class);
    }

    @Test
    void theFirstOutcomeOfARequestStands() {
        oneTurn();
        write("s", new Rewound(0, 0, Optional.of("back")));
        write("s", started(1, 0, "r1", 9));
        write("s", ended(1, 1));
        write("s", new MemoryEdited(1, EditKind.PIN, "", 0, 1, Optional.of("pin")));
        write("f", new SessionForked(
                "acme", "f", "f", 1, "s", 5, 1, 1, Optional.of("fork"), Samples.FACTS));
        write("s", new SessionDeleted(Optional.of("delete")));

        assertThat(index.request("s", "create-s")).contains(new RequestOutcome(RequestKind.CREATED, 1, 0, 1));
        assertThat(index.request("s", "r1")).contains(new RequestOutcome(RequestKind.TURN, 1, 1, 2));
        assertThat(index.request("s", "back")).contains(new RequestOutcome(RequestKind.REWOUND, 5, 0, 5));
        assertThat(index.request("s", "pin")).contains(new RequestOutcome(RequestKind.EDITED, 5, 1, 8));
        assertThat(index.request("f", "fork")).contains(new RequestOutcome(RequestKind.FORKED, 1, 1, 1));
        assertThat(index.request("s", "delete")).contains(new RequestOutcome(RequestKind.DELETED, 5, 1, 9));
        assertThat(index.request("s", "fork")).isEmpty();
        // The turn that a request started is found in the branch it was started in, rewound or not.
        assertThat(index.turn(new BranchId("s", 1), 1)).hasValueSatisfying(turn -> assertThat(turn)
                .isEqualTo(new TurnSpan(
                        new BranchId("s", 1),
                        1,
                        TurnKind.SAY,
                        Optional.of("r1"),
                        0,
                        3,
                        5,
                        Optional.of(FinishReason.STOP),
                        2,
                        4,
                        1,
                        List.of())));
    }

    @Test
    void aTurnOpenWhenItsSessionWasForkedIsCutOffThereForTheFork() {
        write("s", created("s", "ines"));
        write("s", started(1, 0, "r1", 1, 2, 3));
        write("f", forked("f", "s", 3, 1));
        write("s", sampled(1, 3, 4, 5));

        BranchId fork = new BranchId("f", 1);
        assertThat(index.turn(fork, 1)).hasValueSatisfying(turn -> {
            assertThat(turn.end()).isEqualTo(3);
            assertThat(turn.finish()).contains(FinishReason.INTERRUPTED);
        });
        write("s", ended(1, 5));
        assertThat(index.turns(fork)).singleElement().satisfies(turn -> {
            assertThat(turn.end()).isEqualTo(3);
            assertThat(turn.finish()).contains(FinishReason.INTERRUPTED);
        });
        assertThat(index.turn(new BranchId("s", 1), 1)).hasValueSatisfying(turn -> {
            assertThat(turn.end()).isEqualTo(5);
            assertThat(turn.finish()).contains(FinishReason.STOP);
        });
    }

    @Test
    void aTurnThatIsContinuedStaysTheSameTurnAndForksKeepItAsItWas() {
        write("s", created("s", "ines"));
        write("s", started(1, 0, "r1", 1, 2, 3));
        write("s", sampled(1, 3, 4));
        write("s", new TurnEnded(1, 4, FinishReason.LENGTH, COST));
        write("f", forked("f", "s", 4, 1));
        write("s", new TurnStarted(
                1, TurnKind.CONTINUE, Optional.of("r2"), 4, Tokens.NONE, 0, Samples.OPTIONS, Optional.empty(), 9));
        write("s", sampled(1, 4, 5));
        write("s", ended(1, 5));
        BranchId parent = new BranchId("s", 1);
        BranchId fork = new BranchId("f", 1);

        assertThat(index.turns(parent)).singleElement().satisfies(turn -> {
            assertThat(turn.position()).isEqualTo(0);
            assertThat(turn.end()).isEqualTo(5);
            assertThat(turn.kind()).isEqualTo(TurnKind.SAY);
            assertThat(turn.finish()).contains(FinishReason.STOP);
            assertThat(turn.before()).containsExactly(new TurnEnd(4, FinishReason.LENGTH, 2, 4));
            assertThat(turn.startedAt()).isEqualTo(5);
        });
        assertThat(index.turns(fork)).singleElement().satisfies(turn -> {
            assertThat(turn.end()).isEqualTo(4);
            assertThat(turn.finish()).contains(FinishReason.LENGTH);
        });
        assertThat(index.turn(parent, 1, 4)).isEqualTo(index.turn(fork, 1));
        assertThat(index.turn(parent, 1, 5)).isEqualTo(index.turn(parent, 1));
        TurnSpan whole = index.turn(parent, 1).orElseThrow();
        assertThat(whole.asBegunBy(sequenceNrOf("r1"))).isEqualTo(index.turn(parent, 1, 4).orElseThrow());
        assertThat(whole.asBegunBy(sequenceNrOf("r2"))).isEqualTo(whole);

        // The fork continues it as well, in its own way.
        write("f", new TurnStarted(
                1, TurnKind.CONTINUE, Optional.empty(), 4, Tokens.NONE, 0, Samples.OPTIONS, Optional.empty(), 9));
        write("f", sampled(1, 4, 7, 8));
        assertThat(index.turns(fork)).singleElement().satisfies(turn -> {
            assertThat(turn.end()).isEqualTo(6);
            assertThat(turn.branch()).isEqualTo(fork);
            assertThat(turn.finish()).isEmpty();
        });
        assertThat(index.turn(parent, 1).orElseThrow().end()).isEqualTo(5);
    }

    private long sequenceNrOf(String requestId) {
        return index.request("s", requestId).orElseThrow().sequenceNr();
    }

    @Test
    void aRequestThatTookUpAnOpenTurnHasTheOutcomeOfThatTurn() {
        write("s", created("s", "ines"));
        write("s", started(1, 0, "r1", 1, 2, 3));
        write("s", sampled(1, 3, 4));
        write("s", new TurnResumed(1, "r2"));
        write("s", sampled(1, 4, 5));
        write("s", ended(1, 5));

        assertThat(index.request("s", "r2")).isEqualTo(index.request("s", "r1"));
        assertThat(index.turn(new BranchId("s", 1), 1).orElseThrow().end()).isEqualTo(5);
        assertThatThrownBy(() -> write("s", new TurnResumed(1, "r3"))).isInstanceOf(JournalOrderException.class);
    }

    @Test
    void thereIsNothingToContinueInASessionWithoutTurns() {
        write("s", created("s", "ines"));

        assertThatThrownBy(() -> write("s", new TurnStarted(
                        0, TurnKind.CONTINUE, Optional.empty(), 0, Tokens.NONE, 0, Samples.OPTIONS, Optional.empty(), 9)))
                .isInstanceOf(JournalOrderException.class);
    }

    @Test
    void tokensThatABranchDoesNotHaveAreAnError() {
        oneTurn();
        BranchId branch = new BranchId("s", 1);

        assertThat(index.tokens(branch, 1, 4)).containsExactly(2, 3, 4);
        assertThat(index.tokens(branch, 5, 5)).isEmpty();
        assertThatThrownBy(() -> index.tokens(branch, 0, 6)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> index.tokens(branch, -1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> index.tokens(new BranchId("s", 2), 0, 1)).isInstanceOf(SessionGoneException.class);
    }

    @Test
    void blocksAreReadThroughWhereTheWholeBlockIsInherited() {
        write("s", created("s", "ines"));
        write("s", started(1, 0, "r1", new int[200]));
        write("s", ended(1, 200));
        BranchId parent = new BranchId("s", 1);
        BlockEntry first = new BlockEntry(0, 1, -2, List.of(3L, -4L));
        BlockEntry second = new BlockEntry(1, 5, 6, List.of(7L));
        index.putBlocks(parent, List.of(first, second));
        write("f", forked("f", "s", 100, 0));
        BranchId fork = new BranchId("f", 1);

        assertThat(index.block(parent, 1)).contains(second);
        assertThat(index.block(parent, 2)).isEmpty();
        assertThat(index.block(fork, 0)).contains(first);
        assertThat(index.block(fork, 1)).as("only tokens 64 to 99 are inherited").isEmpty();
        index.putBlocks(fork, List.of(new BlockEntry(1, 8, 9, List.of())));
        assertThat(index.block(fork, 1)).contains(new BlockEntry(1, 8, 9, List.of()));
        assertThat(index.block(parent, 1)).contains(second);
    }

    @Test
    void indexesOfAnotherVersionAreRebuiltWhenTheDatabaseOpens() {
        oneTurn();
        SessionHead before = index.head("s").orElseThrow();
        StoreAccess.forgetIndexVersion(database);
        database.close();

        open();

        assertThat(index.head("s")).contains(before);
        assertThat(index.tokens(new BranchId("s", 1), 0, 5)).containsExactly(1, 2, 3, 4, 5);
    }

    private BranchOrigin originOf(BranchId branch) {
        Rows rows = new Rows("acme", branch.sessionId());
        return StoreAccess.store(database)
                .get(rows.branch(branch.branch()))
                .map(row -> IndexReader.read("branch", row, BranchOrigin::read))
                .orElseThrow();
    }

    private static MemoryEdited policy(int position, String policy) {
        return new MemoryEdited(position, EditKind.POLICY, policy, 0, 0, Optional.empty());
    }

    @Test
    void aRewindKeepsTheEditsMadeUpToWhereItGoesAndAnotherOneThoseMadeInBetween() {
        write("s", created("s", "ines"));
        write("s", policy(0, "first"));
        write("s", started(1, 0, "r1", 1, 2, 3));
        write("s", ended(1, 3));
        write("s", policy(3, "second"));
        write("s", started(2, 3, "r2", 4));
        write("s", ended(2, 4));
        write("s", policy(4, "third"));
        write("s", new Rewound(1, 3, Optional.empty()));
        write("s", policy(3, "fourth"));
        write("s", new Rewound(1, 3, Optional.empty()));
        long branch = index.head("s").orElseThrow().branch();

        assertThat(index.edits(new BranchId("s", branch), Long.MAX_VALUE))
                .extracting(MemoryEdited::value)
                .containsExactly("first", "second", "fourth");
        assertThat(index.edits(new BranchId("s", branch), 9))
                .as("as a snapshot before the last edit has to see it")
                .extracting(MemoryEdited::value)
                .containsExactly("first", "second");
        assertThat(index.edits(new BranchId("s", 1), Long.MAX_VALUE))
                .extracting(MemoryEdited::value)
                .containsExactly("first", "second", "third");
    }

    @Test
    void aForkDoesNotSeeWhatItsParentEditsLater() {
        oneTurn();
        write("s", policy(5, "before"));
        write("f", forked("f", "s", 5, 1));
        write("f", policy(5, "before"));
        write("s", policy(5, "after"));

        assertThat(index.edits(new BranchId("f", 1), Long.MAX_VALUE))
                .extracting(MemoryEdited::value)
                .containsExactly("before");
    }

    @Test
    void rewindingAgainAndAgainToTheSameTurnMakesNoChain() {
        oneTurn();
        for (int i = 0; i < 50; i++) {
            write("s", new Rewound(1, 5, Optional.empty()));
        }
        SessionHead head = index.head("s").orElseThrow();

        assertThat(originOf(new BranchId("s", head.branch())).parent())
                .contains(new BranchId("s", 1));
        assertThat(index.tokens(new BranchId("s", head.branch()), 0, 5)).containsExactly(1, 2, 3, 4, 5);
    }
}
