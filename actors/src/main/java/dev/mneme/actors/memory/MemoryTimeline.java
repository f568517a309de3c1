package dev.mneme.actors.memory;

import dev.mneme.persistence.event.EditKind;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicyException;
import dev.mneme.runtime.attention.PinnedBlocks;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How a session remembers, and where that changes: the policy, format and numerics version that it was created with, and
 * its memory edits. Everything that decides keys and values beside the tokens is here, so that a block computed again
 * comes back as it was.
 *
 * <p>Policy, format and numerics edits take effect at the first block boundary at or after the token at which they were
 * made, pins at the first multiple of the policy's R. What was computed before them stays valid, and a session may mix.
 *
 * <p>Immutable and thread-safe. As large as the edits are many, however long the session is.
 */
public final class MemoryTimeline {
    private static final int BLOCK = KvLayout.BLOCK;

    private final SessionFacts facts;
    private final List<MemoryEdited> edits;
    /** Ascending; the first from block 0. */
    private final List<MemoryEra> eras = new ArrayList<>();
    /** By position, ascending. */
    private final List<PinChange> pinChanges = new ArrayList<>();

    private MemoryTimeline(SessionFacts facts, List<MemoryEdited> edits) {
        this.facts = facts;
        this.edits = List.copyOf(edits);
        eras.add(new MemoryEra(
                0, PolicyText.plain(facts.policy()), PolicyText.plain(facts.kvFormat()), facts.numericsVersion()));
        edits.forEach(this::add);
    }

    /** A session created with these facts, and edited thus, oldest edit first. */
    public static MemoryTimeline of(SessionFacts facts, List<MemoryEdited> edits) {
        return new MemoryTimeline(facts, edits);
    }

    /** What the session was created with. */
    SessionFacts facts() {
        return facts;
    }

    /** This timeline with one edit more. */
    public MemoryTimeline with(MemoryEdited edit) {
        List<MemoryEdited> more = new ArrayList<>(edits);
        more.add(edit);
        return new MemoryTimeline(facts, more);
    }

    /** This timeline without the edits that were made after the first {@code position} tokens. */
    public MemoryTimeline upTo(int position) {
        return new MemoryTimeline(
                facts, edits.stream().filter(edit -> edit.position() <= position).toList());
    }

    /** The edits that were made when the session had just so many tokens, oldest first. */
    public List<MemoryEdited> madeAt(int position) {
        return edits.stream().filter(edit -> edit.position() == position).toList();
    }

    private void add(MemoryEdited edit) {
        int block = Math.ceilDiv(edit.position(), BLOCK);
        switch (edit.edit()) {
            case POLICY -> change(era(block).withPolicy(PolicyText.plain(edit.value())), block);
            case FORMAT -> change(era(block).withFormat(PolicyText.plain(edit.value())), block);
            case NUMERICS -> change(era(block).withNumerics(Integer.parseInt(edit.value())), block);
            case PIN -> pin(edit, true);
            case UNPIN -> pin(edit, false);
        }
    }

    private void change(MemoryEra era, int fromBlock) {
        if (eras.getLast().firstBlock() == fromBlock) {
            eras.removeLast();
        }
        eras.add(era.from(fromBlock));
    }

    private void pin(MemoryEdited edit, boolean pinned) {
        int survey = era(edit.position() / BLOCK).policy() instanceof MemoryPolicy.Sparse sparse ? sparse.survey() : 1;
        int position = Math.ceilDiv(edit.position(), survey) * survey;
        pinChanges.add(new PinChange(position, pinned, edit.fromToken(), edit.toToken()));
    }

    /** What is in force at a block, pins apart. */
    MemoryEra era(int block) {
        for (int i = eras.size() - 1; i > 0; i--) {
            if (eras.get(i).firstBlock() <= block) {
                return eras.get(i);
            }
        }
        return eras.getFirst();
    }

    List<MemoryEra> eras() {
        return eras;
    }

    /** The pin edits that take effect at tokens {@code [from, to)}, in order. */
    List<PinChange> pinChanges(int from, int to) {
        return pinChanges.stream()
                .filter(change -> change.position() >= from && change.position() < to)
                .toList();
    }

    /** The policy that the token at a position is computed with, pins included. */
    public MemoryPolicy policyAt(int position) {
        return switch (era(position / BLOCK).policy()) {
            case MemoryPolicy.Sparse sparse -> sparse.withPins(pinnedAt(position));
            case MemoryPolicy.Dense dense -> dense;
        };
    }

    /**
     * The policy whose plan the token at a position attends to, pins included; empty where it attends to everything.
     *
     * @param window the model's window
     */
    public Optional<MemoryPolicy.Sparse> sparseAt(int position, int window) {
        return policyAt(position) instanceof MemoryPolicy.Sparse sparse && position >= sparse.firstSparsePosition(window)
                ? Optional.of(sparse)
                : Optional.empty();
    }

    private PinnedBlocks pinnedAt(int position) {
        return PinnedBlocks.of(pins(position).stream().flatMapToInt(TokenRange::blocks).toArray());
    }

    private Collection<TokenRange> pins(int position) {
        Map<Integer, TokenRange> pinned = new TreeMap<>();
        for (PinChange change : pinChanges) {
            if (change.position() > position) {
                break;
            }
            if (change.pinned()) {
                pinned.put(change.from(), new TokenRange(change.from(), change.to()));
            } else {
                pinned.remove(change.from());
            }
        }
        return pinned.values();
    }

    /** The policy with all edits in effect, as new blocks will have it. */
    public MemoryPolicy latestPolicy() {
        return policyAt(Integer.MAX_VALUE);
    }

    /** Whether Mneme picks the session's policy, and may pick another one. */
    public boolean picksItself() {
        return PolicyText.isPicked(latest(EditKind.POLICY, facts.policy()));
    }

    /** Whether Mneme picks the session's KV format too. */
    public boolean picksFormat() {
        return picksItself() && PolicyText.isPicked(latest(EditKind.FORMAT, facts.kvFormat()));
    }

    private String latest(EditKind kind, String created) {
        return edits.stream()
                .filter(edit -> edit.edit() == kind)
                .map(MemoryEdited::value)
                .reduce(created, (before, after) -> after);
    }

    /**
     * What Mneme changed by itself when the session had just so many tokens, in words: what it picked, and the arithmetic that
     * it went over to. Empty if nothing then.
     */
    public Optional<String> pickedAt(int position) {
        MemoryTimeline then = upTo(position);
        List<String> words = new ArrayList<>();
        if (then.picksItself() && (position == 0 || editedAt(position, edit -> PolicyText.isPicked(edit.value())))) {
            words.add(PolicyText.format(then.latestPolicy()) + ", keys and values in " + then.latestFormat());
        }
        if (editedAt(position, edit -> edit.edit() == EditKind.NUMERICS)) {
            words.add("numerics version " + then.latestNumerics());
        }
        return words.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", words));
    }

    private boolean editedAt(int position, Predicate<MemoryEdited> which) {
        return madeAt(position).stream().anyMatch(which);
    }

    /** The format that new blocks will have. */
    public KvFormat latestFormat() {
        return eras.getLast().format();
    }

    /** The version of the order of arithmetic that new blocks will be computed in. */
    public int latestNumerics() {
        return eras.getLast().numerics();
    }

    /** What is pinned, with all edits in effect; a range is known by where it begins. */
    public List<TokenRange> pinned() {
        return List.copyOf(pins(Integer.MAX_VALUE));
    }

    /**
     * How many tokens a session can have in all: blocks under a dense policy end at the model's window.
     *
     * @param from tokens that it has
     * @param window the model's window
     */
    public int longest(int from, int window) {
        for (int i = 0; i < eras.size(); i++) {
            int end = i + 1 < eras.size() ? eras.get(i + 1).firstBlock() * BLOCK : Integer.MAX_VALUE;
            if (end > Math.max(from, window) && eras.get(i).policy() instanceof MemoryPolicy.Dense) {
                return Math.max(window, eras.get(i).firstBlock() * BLOCK);
            }
        }
        return Integer.MAX_VALUE;
    }

    /** The first position after this one whose {@link #policyAt} may be another; {@code Integer.MAX_VALUE} if none is. */
    public int nextChange(int position) {
        int next = Integer.MAX_VALUE;
        for (MemoryEra era : eras) {
            if (era.firstBlock() * BLOCK > position) {
                next = Math.min(next, era.firstBlock() * BLOCK);
            }
        }
        for (PinChange change : pinChanges) {
            if (change.position() > position) {
                next = Math.min(next, change.position());
            }
        }
        return next;
    }

    /**
     * Refuses what some token from a position on, past the window, could not be computed with: a pin may be in effect before
     * the policy that it fits.
     *
     * @throws MemoryPolicyException if a plan would be longer than the model's window allows
     */
    public void check(int position, int window) {
        for (int at = position; at != Integer.MAX_VALUE; at = nextChange(at)) {
            MemoryPolicy policy = policyAt(at);
            if (nextChange(at) > policy.firstSparsePosition(window)) {
                policy.check(window);
            }
        }
    }

    /** The format of a block's keys and values. */
    public KvFormat formatAt(int block) {
        return era(block).format();
    }

    /** Bytes of the first blocks, given those of one block in each format. */
    long blockBytes(int blocks, ToLongFunction<KvFormat> ofOne) {
        long bytes = 0;
        for (int i = 0; i < eras.size(); i++) {
            int end = i + 1 < eras.size() ? Math.min(blocks, eras.get(i + 1).firstBlock()) : blocks;
            bytes += Math.max(0, end - eras.get(i).firstBlock()) * ofOne.applyAsLong(eras.get(i).format());
        }
        return bytes;
    }

    /** Whether it is of the same session facts and the same edits. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MemoryTimeline timeline && facts.equals(timeline.facts) && edits.equals(timeline.edits);
    }

    @Override
    public int hashCode() {
        return Objects.hash(facts, edits);
    }

    /** The version of the order of arithmetic that a block is computed in. */
    public int numericsAt(int block) {
        return era(block).numerics();
    }
}
