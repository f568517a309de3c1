package dev.mneme.actors.verification;

import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.PromptExtended;
import dev.mneme.persistence.event.Rewound;
import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.event.SessionDeleted;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.persistence.event.SessionForked;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TokensSampled;
import dev.mneme.persistence.event.TurnEnded;
import dev.mneme.persistence.event.TurnResumed;
import dev.mneme.persistence.event.TurnStarted;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionPersistenceId;
import dev.mneme.persistence.journal.EventLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session as its events alone tell it, from the first to the last: without snapshots, indexes or actors, so that these
 * can be compared with it.
 */
final class Retold {
    private final SessionPersistenceId id;
    private final EventLog events;
    private final List<Line> lines = new ArrayList<>();
    private @Nullable SessionFacts facts;
    private String name;
    private Optional<String> parent = Optional.empty();
    private long sequenceNr;
    private int turns;
    private boolean turnOpen;
    private boolean sampled;
    private boolean deleted;

    private Retold(EventLog events, SessionPersistenceId id) {
        this.events = events;
        this.id = id;
        this.name = id.sessionId();
    }

    /**
     * The session after the event {@code last}, or after all of them if there are fewer.
     *
     * @throws dev.mneme.persistence.JournalDamagedException if an event cannot be read
     * @throws BrokenStory if the events do not fit together
     */
    static Retold upTo(EventLog events, SessionPersistenceId id, long last) {
        Retold session = new Retold(events, id);
        events.read(id.text(), 1, last, record -> {
            session.sequenceNr = record.sequenceNr();
            record.event().sessionEvent().ifPresent(session::apply);
            return true;
        });
        if (session.lines.isEmpty()) {
            throw new BrokenStory("there is no event of session " + id.sessionId());
        }
        return session;
    }

    private void apply(SessionEvent event) {
        switch (event) {
            case SessionCreated created -> begin(
                    created.name(), created.facts(), MemoryTimeline.of(created.facts(), List.of()), new int[0]);
            case SessionForked forked -> {
                Line left = left(forked);
                parent = Optional.of(forked.parentSessionId());
                MemoryTimeline timeline = left.timeline().upTo(forked.position() - 1);
                begin(forked.name(), forked.facts(), timeline, left.first(forked.position()));
                turns = forked.turn();
            }
            case TurnStarted started -> {
                turns = started.turn();
                turnOpen = true;
                sampled = false;
                append(started.position(), started.prompt());
            }
            case PromptExtended extended -> append(extended.position(), extended.tokens());
            case TokensSampled more -> {
                sampled = true;
                append(more.position(), more.tokens());
            }
            case TurnResumed resumed -> {}
            case TurnEnded ended -> turnOpen = false;
            case Rewound rewound -> {
                turns = rewound.toTurn();
                turnOpen = false;
                lines.add(new Line(
                        new BranchId(id.sessionId(), sequenceNr),
                        line().timeline().upTo(rewound.toPosition()),
                        line().first(rewound.toPosition())));
            }
            case MemoryEdited edited -> line().edit(edited);
            case SessionDeleted gone -> deleted = true;
        }
    }

    private void begin(String named, SessionFacts with, MemoryTimeline timeline, int[] tokens) {
        name = named;
        facts = with;
        lines.add(new Line(new BranchId(id.sessionId(), sequenceNr), timeline, tokens));
    }

    private Line left(SessionForked fork) {
        SessionPersistenceId from = new SessionPersistenceId(id.tenant(), fork.parentSessionId());
        BranchId branch = new BranchId(fork.parentSessionId(), fork.parentBranch());
        Line left = upTo(events, from, Long.MAX_VALUE).lines.stream()
                .filter(line -> line.branch().equals(branch))
                .findFirst()
                .orElseThrow(() -> new BrokenStory("its parent " + branch + " is not in the journal"));
        if (left.size() < fork.position()) {
            throw new BrokenStory("its parent has " + left.size() + " tokens and not " + fork.position());
        }
        return left;
    }

    private void append(int position, Tokens tokens) {
        Line line = line();
        if (position != line.size()) {
            throw new BrokenStory("event %d adds tokens at %d, and there are %d".formatted(sequenceNr, position, line.size()));
        }
        line.add(tokens.toArray());
    }

    SessionPersistenceId id() {
        return id;
    }

    String name() {
        return name;
    }

    SessionFacts facts() {
        if (facts == null) {
            throw new BrokenStory("it does not begin with its creation");
        }
        return facts;
    }

    /** The session that it was forked from. */
    Optional<String> parent() {
        return parent;
    }

    /** All its branches, the current one last. */
    List<Line> lines() {
        return lines;
    }

    /** The current branch. */
    Line line() {
        if (lines.isEmpty()) {
            throw new BrokenStory("event " + sequenceNr + " comes before its creation");
        }
        return lines.getLast();
    }

    long sequenceNr() {
        return sequenceNr;
    }

    int turns() {
        return turns;
    }

    boolean turnOpen() {
        return turnOpen;
    }

    /** How many tokens have keys and values once its last turn is at rest: all but a sampled last one. */
    int computed() {
        return sampled ? line().size() - 1 : line().size();
    }

    boolean deleted() {
        return deleted;
    }

    /** Events that cannot follow each other: some are missing. */
    static final class BrokenStory extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenStory(String message) {
            super(message);
        }
    }
}
