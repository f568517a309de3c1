package dev.mneme.actors.session;

import dev.mneme.actors.memory.FormatText;
import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.actors.memory.PolicyText;
import dev.mneme.actors.memory.TokenRange;
import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.errors.InvalidRequest;
import dev.mneme.errors.MemoryRefused;
import dev.mneme.errors.NoSuchTurn;
import dev.mneme.errors.PinRefused;
import dev.mneme.persistence.event.EditKind;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.persistence.index.TurnSpan;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicyException;
import dev.mneme.runtime.kv.KvFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is journaled when the way a session remembers is changed, once it is known that the model can follow. */
final class MemoryEdits {
    private final Live live;
    private final ModelMemory model;
    private final SessionIndex index;

    MemoryEdits(Live live, ModelMemory model, SessionIndex index) {
        this.live = live;
        this.model = model;
        this.index = index;
    }

    /**
     * The events of a change; the first of them carries the request's id. None where all is so already, unless there is
     * a request to remember.
     *
     * @throws MemoryRefused if the model cannot follow the policy
     * @throws PinRefused if a pinned turn does not fit the plans
     * @throws NoSuchTurn if the session has no such turn
     */
    List<MemoryEdited> of(MemoryChange change, Optional<String> requestId) {
        return switch (change) {
            case MemoryChange.Remember(MemoryWishes wishes) -> remember(wishes, requestId);
            case MemoryChange.Pin(int turn) -> pin(turn, requestId);
            case MemoryChange.Unpin(int turn) -> unpin(turn, requestId);
        };
    }

    private List<MemoryEdited> remember(MemoryWishes wishes, Optional<String> requestId) {
        MemoryTimeline timeline = live.timeline();
        MemoryPolicy wanted = wishes.over(live.identity().name(), timeline.latestPolicy(), model);
        boolean picks = wishes.picks(timeline.picksItself());
        if (wanted instanceof MemoryPolicy.Dense && live.position() > model.window()) {
            throw new MemoryRefused(
                    live.identity().name(),
                    "it holds %d tokens, past the model's window of %d, where dense attention ends"
                            .formatted(live.position(), model.window()));
        }
        MemoryEdited policy = edit(
                EditKind.POLICY,
                picks ? PolicyText.formatPicked(wanted) : PolicyText.format(wanted),
                requestId);
        MemoryPolicy then = checked(policy);
        List<MemoryEdited> edits = new ArrayList<>();
        if (requestId.isPresent() || picks != timeline.picksItself() || !then.equals(timeline.latestPolicy())) {
            edits.add(policy);
        }
        KvFormat format = wishes.formatOver(timeline.latestFormat(), timeline.picksItself(), model);
        boolean picksFormat = wishes.picksFormat(timeline.picksItself());
        if (format != timeline.latestFormat() || picksFormat != timeline.picksFormat()) {
            edits.add(format(format, picksFormat));
        }
        return edits;
    }

    private MemoryEdited format(KvFormat format, boolean picked) {
        return edit(
                EditKind.FORMAT,
                picked ? FormatText.formatPicked(format) : FormatText.format(format),
                Optional.empty());
    }

    /** What Mneme picks anew for the next turn of a session that leaves it to that; empty if nothing changes. */
    List<MemoryEdited> picked() {
        List<MemoryEdited> edits = new ArrayList<>();
        if (live.timeline().picksItself()) {
            pickedPolicy().ifPresent(edits::add);
        }
        KvFormat format = PickedMemory.format(model, live.timeline().latestFormat());
        if (live.timeline().picksFormat() && format != live.timeline().latestFormat()) {
            edits.add(format(format, true));
        }
        return edits;
    }

    private Optional<MemoryEdited> pickedPolicy() {
        MemoryTimeline timeline = live.timeline();
        MemoryPolicy wanted = PickedMemory.policy(model, timeline.latestPolicy());
        MemoryEdited policy = edit(EditKind.POLICY, PolicyText.formatPicked(wanted), Optional.empty());
        try {
            return checked(policy).equals(timeline.latestPolicy()) ? Optional.empty() : Optional.of(policy);
        } catch (MemoryRefused pinsTakeTheRoom) {
            return Optional.empty();
        }
    }

    /** The policy after an edit, with its pins: a dense one has no plans for them to fit in, so they are looked at now. */
    private MemoryPolicy checked(MemoryEdited policy) {
        MemoryTimeline then = live.timeline().with(policy);
        try {
            then.latestPolicy().check(model.window());
            then.check(live.position(), model.window());
        } catch (MemoryPolicyException e) {
            throw new MemoryRefused(live.identity().name(), String.valueOf(e.getMessage()));
        }
        return then.latestPolicy();
    }

    private List<MemoryEdited> pin(int turn, Optional<String> requestId) {
        TokenRange range = range(turn);
        if (requestId.isEmpty() && live.timeline().pinned().contains(range)) {
            return List.of();
        }
        MemoryEdited pin = edit(EditKind.PIN, range, requestId);
        try {
            MemoryTimeline then = live.timeline().with(pin);
            then.latestPolicy().check(model.window());
            then.check(live.position(), model.window());
        } catch (MemoryPolicyException e) {
            throw new PinRefused(live.identity().name(), turn, String.valueOf(e.getMessage()));
        }
        return List.of(pin);
    }

    private List<MemoryEdited> unpin(int turn, Optional<String> requestId) {
        int from = range(turn).from();
        TokenRange pinned = live.timeline().pinned().stream()
                .filter(range -> range.from() == from)
                .findFirst()
                .orElseThrow(() -> new InvalidRequest(
                        "turn " + turn + " of session '" + live.identity().name() + "' is not pinned"));
        return List.of(edit(EditKind.UNPIN, pinned, requestId));
    }

    private TokenRange range(int turn) {
        Optional<TurnSpan> span =
                turn < 1 ? Optional.empty() : index.turn(SessionEvolution.branchOf(live), turn);
        return span.map(found -> new TokenRange(found.position(), found.end()))
                .orElseThrow(() -> new NoSuchTurn(live.identity().name(), turn, live.turns()));
    }

    private MemoryEdited edit(EditKind kind, String value, Optional<String> requestId) {
        return new MemoryEdited(live.position(), kind, value, 0, 0, requestId);
    }

    private MemoryEdited edit(EditKind kind, TokenRange range, Optional<String> requestId) {
        return new MemoryEdited(live.position(), kind, "", range.from(), range.to(), requestId);
    }
}
