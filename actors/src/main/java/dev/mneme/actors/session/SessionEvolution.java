package dev.mneme.actors.session;

import dev.mneme.actors.memory.BlockKeys;
import dev.mneme.actors.memory.BranchTip;
import dev.mneme.actors.memory.ChainTip;
import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.actors.session.SessionState.Deleted;
import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.PromptExtended;
import dev.mneme.persistence.event.Rewound;
import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.event.SessionDeleted;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.SessionForked;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TokensSampled;
import dev.mneme.persistence.event.TurnEnded;
import dev.mneme.persistence.event.TurnFacts;
import dev.mneme.persistence.event.TurnResumed;
import dev.mneme.persistence.event.TurnStarted;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.persistence.index.TurnSpan;
import java.util.List;
import java.util.Optional;

/**
 * How a session's state follows from its events. Where a session leaves one branch for another (fork, rewind), the facts
 * of the turn that it goes back to are looked up in the branch it leaves, which never changes.
 */
final class SessionEvolution {
    /** The number of a session's first event, and so of its first branch. */
    private static final long FIRST = 1;

    private final SessionServices services;

    SessionEvolution(SessionServices services) {
        this.services = services;
    }

    SessionState apply(SessionState state, SessionEvent event) {
        return switch (event) {
            case SessionCreated created -> created(created);
            case SessionForked forked -> forked(forked);
            case SessionDeleted deleted -> new Deleted();
            case TurnStarted started ->
                appended(next(state), started.prompt()).started(TurnFacts.of(started));
            case PromptExtended extended -> appended(next(state), extended.tokens());
            case TokensSampled sampled -> appended(next(state), sampled.tokens());
            case TurnResumed resumed -> next(state);
            case TurnEnded ended -> next(state).ended(ended.finish());
            case Rewound rewound -> rewound(next(state), rewound);
            case MemoryEdited edited -> edited(next(state), edited);
        };
    }

    /** The session with one event more. */
    private static Live next(SessionState state) {
        if (state instanceof Live live) {
            return live.at(live.sequenceNr() + 1);
        }
        throw new IllegalStateException("an event of a session that does not exist: its journal is damaged");
    }

    private Live created(SessionCreated event) {
        MemoryTimeline timeline = MemoryTimeline.of(event.facts(), List.of());
        return new Live(
                new SessionIdentity(event.tenant(), event.name(), event.sessionId(), event.createdAtMillis()),
                event.facts(),
                timeline,
                services.tenant().keys(timeline),
                FIRST,
                ChainTip.EMPTY,
                0,
                Optional.empty(),
                Optional.empty(),
                FIRST);
    }

    private Live forked(SessionForked event) {
        BranchId parent = new BranchId(event.parentSessionId(), event.parentBranch());
        // What the parent's edits at the very token came to is journaled by the fork itself: more may be made there.
        MemoryTimeline timeline = MemoryTimeline.of(event.facts(), services.index().edits(parent, Long.MAX_VALUE))
                .upTo(event.position() - 1);
        BlockKeys keys = services.tenant().keys(timeline);
        Live atBirth = new Live(
                new SessionIdentity(event.tenant(), event.name(), event.sessionId(), event.createdAtMillis()),
                event.facts(),
                timeline,
                keys,
                FIRST,
                BranchTip.at(services.index(), parent, keys, event.position()),
                event.turn(),
                Optional.empty(),
                Optional.empty(),
                FIRST);
        return atTurn(atBirth, parent, event.turn(), event.position());
    }

    private Live rewound(Live live, Rewound event) {
        BranchId left = branchOf(live);
        MemoryTimeline timeline = live.timeline().upTo(event.toPosition());
        BlockKeys keys = services.tenant().keys(timeline);
        Live back = new Live(
                live.identity(),
                live.facts(),
                timeline,
                keys,
                live.sequenceNr(),
                BranchTip.at(services.index(), left, keys, event.toPosition()),
                event.toTurn(),
                Optional.empty(),
                Optional.empty(),
                live.sequenceNr());
        return atTurn(back, left, event.toTurn(), event.toPosition());
    }

    private Live edited(Live live, MemoryEdited event) {
        MemoryTimeline timeline = live.timeline().with(event);
        return live.remembering(timeline, services.tenant().keys(timeline));
    }

    /** The session as it was when a turn of {@code branch} had ended at {@code position}, whatever came after. */
    private Live atTurn(Live live, BranchId branch, int turn, int position) {
        if (turn == 0) {
            return live;
        }
        TurnSpan span = services.index().turn(branch, turn, position).orElseThrow();
        FinishReason finish = span.finish().orElse(FinishReason.INTERRUPTED);
        return live.started(facts(services.index(), span)).ended(finish);
    }

    static TurnFacts facts(SessionIndex index, TurnSpan span) {
        return index.event(span.branch().sessionId(), span.startedAt())
                .map(event -> TurnFacts.of((TurnStarted) event))
                .orElseThrow();
    }

    /** Where the tokens of a turn end; 0 for turn 0. */
    int endOfTurn(Live live, int turn) {
        return turn == 0
                ? 0
                : services.index().turn(branchOf(live), turn).orElseThrow().end();
    }

    static BranchId branchOf(Live live) {
        return new BranchId(live.identity().sessionId(), live.branch());
    }

    private static Live appended(Live live, Tokens tokens) {
        return live.withTip(live.tip().append(live.keys(), tokens.toArray()));
    }
}
