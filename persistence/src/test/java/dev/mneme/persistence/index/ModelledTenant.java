package dev.mneme.persistence.index;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.mneme.persistence.event.TurnStarted;
import dev.mneme.persistence.home.JournalDatabase;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.persistence.journal.Serialized;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A tenant whose sessions do random things, in the journal and in a model of plain lists. */
final class ModelledTenant {
    private static final List<FinishReason> REASONS = List.of(FinishReason.values());

    /** A turn as the model sees it. */
    private static final class Turn {
        final int start;
        int end;
        Optional<FinishReason> finish = Optional.empty();

        Turn(int start) {
            this.start = start;
            this.end = start;
        }

        Turn copy() {
            Turn copy = new Turn(start);
            copy.end = end;
            copy.finish = finish;
            return copy;
        }

        void cutOff() {
            finish = finish.or(() -> Optional.of(FinishReason.INTERRUPTED));
        }

        @Override
        public String toString() {
            return start + "-" + end + " " + finish;
        }
    }

    /** One branch as the model sees it: nothing is shared, everything is copied. */
    private static final class Branch {
        final List<Integer> tokens = new ArrayList<>();
        final List<Turn> turns = new ArrayList<>();
        final List<MemoryEdited> edits = new ArrayList<>();

        Branch copyOf(int position, int keptTurns, int lastEdit) {
            Branch copy = new Branch();
            edits.stream().filter(edit -> edit.position() <= lastEdit).forEach(copy.edits::add);
            copy.tokens.addAll(tokens.subList(0, position));
            turns.subList(0, keptTurns).forEach(turn -> copy.turns.add(turn.copy()));
            copy.turns.forEach(Turn::cutOff);
            return copy;
        }
    }

    private static final class Session {
        final String id;
        final String name;
        final Map<Long, Branch> branches = new LinkedHashMap<>();
        long branch;
        long sequenceNr;
        boolean turnOpen;
        Optional<String> parent = Optional.empty();
        boolean deleted;
        boolean gone;

        Session(String id, String name) {
            this.id = id;
            this.name = name;
        }

        Branch current() {
            return Objects.requireNonNull(branches.get(branch));
        }
    }

    private final JournalDatabase database;
    private final String tenant;
    private final Random random;
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private final List<CompletableFuture<?>> writes = new ArrayList<>();

    ModelledTenant(JournalDatabase database, String tenant, Random random) {
        this.database = database;
        this.tenant = tenant;
        this.random = random;
    }

    String name() {
        return tenant;
    }

    SessionDirectory directory() {
        return database.directory(tenant);
    }

    void doSomething() {
        List<Session> alive = sessions.values().stream().filter(session -> !session.deleted).toList();
        if (alive.isEmpty()) {
            create();
            return;
        }
        Session session = alive.get(random.nextInt(alive.size()));
        switch (random.nextInt(20)) {
            case 0 -> create();
            case 1, 2, 3 -> fork(session);
            case 4, 5, 6, 7 -> rewind(session);
            case 8 -> delete(session);
            case 9, 10 -> edit(session);
            default -> say(session.id);
        }
    }

    String create() {
        Session session = fresh();
        session.branch = 1;
        session.branches.put(1L, new Branch());
        write(session, new SessionCreated(tenant, session.name, session.id, 1, Samples.FACTS, Optional.empty()));
        return session.id;
    }

    private Session fresh() {
        String id = "s" + sessions.size();
        // Names are few, so that those of deleted sessions come back.
        String name = "n" + random.nextInt(3);
        boolean taken = sessions.values().stream().anyMatch(other -> !other.deleted && other.name.equals(name));
        Session session = new Session(id, taken ? "only-" + id : name);
        sessions.put(id, session);
        return session;
    }

    void say(String id) {
        Session session = Objects.requireNonNull(sessions.get(id));
        Branch branch = session.current();
        if (!session.turnOpen && !branch.turns.isEmpty() && random.nextInt(4) == 0) {
            goOn(session, branch);
        } else if (!session.turnOpen) {
            Tokens prompt = someTokens(0);
            int[] more = someTokens(0).toArray();
            branch.turns.add(new Turn(branch.tokens.size()));
            write(
                    session,
                    new TurnStarted(
                            branch.turns.size(),
                            TurnKind.SAY,
                            Optional.of("r" + random.nextInt(50)),
                            branch.tokens.size(),
                            prompt,
                            prompt.size() + more.length,
                            Samples.OPTIONS,
                            Optional.empty(),
                            1));
            session.turnOpen = true;
            grow(branch, prompt);
            write(session, new PromptExtended(branch.turns.size(), branch.tokens.size(), Tokens.of(more)));
            grow(branch, Tokens.of(more));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            Tokens sampled = someTokens(1);
            write(session, new TokensSampled(branch.turns.size(), branch.tokens.size(), sampled));
            grow(branch, sampled);
        }
        if (random.nextInt(4) > 0) {
            end(session, branch);
        }
    }

    private void end(Session session, Branch branch) {
        FinishReason finish = REASONS.get(random.nextInt(REASONS.size()));
        TurnCost cost = new TurnCost(0, 0, 0, Optional.empty(), 0, 0, 0, 0, 0);
        write(session, new TurnEnded(branch.turns.size(), branch.tokens.size(), finish, cost));
        session.turnOpen = false;
        branch.turns.getLast().finish = Optional.of(finish);
    }

    private void goOn(Session session, Branch branch) {
        write(
                session,
                new TurnStarted(
                        branch.turns.size(),
                        TurnKind.CONTINUE,
                        Optional.empty(),
                        branch.tokens.size(),
                        Tokens.NONE,
                        0,
                        Samples.OPTIONS,
                        Optional.empty(),
                        1));
        session.turnOpen = true;
        branch.turns.getLast().finish = Optional.empty();
        Tokens sampled = someTokens(1);
        write(session, new TokensSampled(branch.turns.size(), branch.tokens.size(), sampled));
        grow(branch, sampled);
    }

    private void grow(Branch branch, Tokens tokens) {
        for (int token : tokens.toArray()) {
            branch.tokens.add(token);
        }
        branch.turns.getLast().end = branch.tokens.size();
    }

    private Tokens someTokens(int atLeast) {
        return Tokens.of(random.ints(atLeast + random.nextInt(40), 0, 1_000_000).toArray());
    }

    private void fork(Session parent) {
        Branch left = parent.current();
        int turn = random.nextInt(left.turns.size() + 1);
        int position = end(left, turn);
        Session child = fresh();
        child.parent = Optional.of(parent.id);
        child.branch = 1;
        child.branches.put(1L, left.copyOf(position, turn, position - 1));
        write(
                child,
                new SessionForked(
                        tenant,
                        child.name,
                        child.id,
                        1,
                        parent.id,
                        parent.branch,
                        position,
                        turn,
                        Optional.empty(),
                        Samples.FACTS));
        left.edits.stream().filter(edit -> edit.position() == position).toList().forEach(edit -> edit(child, edit.value()));
        if (parent.turnOpen && turn == left.turns.size()) {
            // An open turn that ends where it was forked, without another token, has ended there for the fork as well.
            Tokens next = someTokens(1);
            write(parent, new TokensSampled(turn, left.tokens.size(), next));
            grow(left, next);
        }
    }

    private void rewind(Session session) {
        Branch left = session.current();
        int turn = random.nextInt(left.turns.size() + 1);
        int position = end(left, turn);
        write(session, new Rewound(turn, position, Optional.empty()));
        if (session.turnOpen) {
            left.turns.getLast().cutOff();
        }
        session.branch = session.sequenceNr;
        session.turnOpen = false;
        session.branches.put(session.branch, left.copyOf(position, turn, position));
    }

    private void edit(Session session) {
        edit(session, "policy " + random.nextInt(1000));
    }

    private void edit(Session session, String policy) {
        Branch branch = session.current();
        MemoryEdited edit = new MemoryEdited(branch.tokens.size(), EditKind.POLICY, policy, 0, 0, Optional.empty());
        write(session, edit);
        branch.edits.add(edit);
    }

    private static int end(Branch branch, int turn) {
        return turn == 0 ? 0 : branch.turns.get(turn - 1).end;
    }

    private void delete(Session session) {
        write(session, new SessionDeleted(Optional.of("d" + session.id)));
        session.deleted = true;
        settle();
        assertThat(directory().deletedBy(session.name, "d" + session.id)).contains(session.id);
    }

    void deleteAll() {
        sessions.values().stream().filter(session -> !session.deleted).forEach(this::delete);
    }

    void reclaimEverythingDeleted() {
        settle();
        List<String> gone = new ArrayList<>();
        int before = countGone();
        sessions.values().stream()
                .filter(session -> session.deleted)
                .forEach(session -> gone.addAll(database.reclaim(tenant, session.id, leaving -> {})));
        for (boolean more = true; more; ) {
            more = false;
            for (Session session : sessions.values()) {
                boolean read = sessions.values().stream()
                        .anyMatch(other -> !other.gone && other.parent.equals(Optional.of(session.id)));
                if (session.deleted && !session.gone && !read) {
                    session.gone = true;
                    more = true;
                    assertThat(gone).contains(session.id);
                }
            }
        }
        assertThat(gone).hasSize(countGone() - before);
    }

    private int countGone() {
        return (int) sessions.values().stream().filter(session -> session.gone).count();
    }

    private void write(Session session, SessionEvent event) {
        session.sequenceNr++;
        writes.add(database.append(
                new SessionPersistenceId(tenant, session.id).text(),
                List.of(new EventRecord(session.sequenceNr, Serialized.of(event), "", "w", 1))));
    }

    /** Waits for all writes: together they need few syncs. */
    void settle() {
        try {
            writes.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw (RuntimeException) e.getCause();
        } finally {
            writes.clear();
        }
    }

    void checkEverything() {
        settle();
        SessionIndex index = database.index(tenant);
        for (Session session : sessions.values()) {
            if (session.gone) {
                assertThat(index.head(session.id)).isEmpty();
                assertThat(index.event(session.id, 1)).isEmpty();
            } else {
                check(index, session);
            }
        }
        assertThat(directory().list())
                .extracting(entry -> entry.origin().name() + "=" + entry.sessionId())
                .containsExactlyInAnyOrderElementsOf(sessions.values().stream()
                        .filter(session -> !session.deleted)
                        .map(session -> session.name + "=" + session.id)
                        .toList());
    }

    private void check(SessionIndex index, Session session) {
        assertThat(index.head(session.id))
                .contains(new SessionHead(
                        session.branch,
                        session.current().tokens.size(),
                        session.current().turns.size(),
                        session.turnOpen,
                        session.sequenceNr,
                        session.deleted));
        session.branches.forEach((id, branch) -> {
            BranchId branchId = new BranchId(session.id, id);
            int[] all = branch.tokens.stream().mapToInt(Integer::intValue).toArray();
            assertThat(index.tokens(branchId, 0, all.length)).isEqualTo(all);
            int from = random.nextInt(all.length + 1);
            int to = from + random.nextInt(all.length - from + 1);
            assertThat(index.tokens(branchId, from, to)).isEqualTo(Arrays.copyOfRange(all, from, to));
            assertThat(index.edits(branchId, Long.MAX_VALUE)).isEqualTo(branch.edits);
            assertThat(index.turns(branchId))
                    .extracting(span -> span.turn() + ":" + span.position() + "-" + span.end() + " " + span.finish())
                    .isEqualTo(spans(branch));
            for (int turn = 0; turn <= branch.turns.size() + 1; turn++) {
                boolean exists = turn >= 1 && turn <= branch.turns.size();
                assertThat(index.turn(branchId, turn))
                        .isEqualTo(exists ? Optional.of(index.turns(branchId).get(turn - 1)) : Optional.empty());
            }
        });
    }

    private static List<String> spans(Branch branch) {
        List<String> spans = new ArrayList<>();
        for (Turn turn : branch.turns) {
            spans.add((spans.size() + 1) + ":" + turn);
        }
        return spans;
    }
}
