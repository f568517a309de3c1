package dev.mneme.actors.recall;

import dev.mneme.actors.memory.TokenRange;
import dev.mneme.persistence.index.TurnSpan;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.model.AttentionMass.BlockShare;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Puts attended blocks together to stretches. Neighbours belong together if they begin in the same turn and both received
 * more than an even share. The others stay alone: inside the window everything is attended, and a long stretch of little
 * would come before a short one of much.
 */
public final class Stretches {
    private static final int BLOCK = KvLayout.BLOCK;

    private final NavigableMap<Integer, Integer> turns = new TreeMap<>();
    private final int end;
    private final Function<TokenRange, String> text;

    /**
     * Of a session's text.
     *
     * @param turns its turns, in order
     * @param end one past the last position that was attended
     * @param text the text of some of its tokens
     */
    public Stretches(List<TurnSpan> turns, int end, Function<TokenRange, String> text) {
        turns.forEach(turn -> this.turns.put(turn.position(), turn.turn()));
        this.end = end;
        this.text = text;
    }

    /** The stretches that some blocks make, best first, of equal ones the earliest. */
    public List<Stretch> of(List<BlockShare> blocks) {
        double even = 1.0 / Math.max(1, blocks.size());
        List<Stretch> stretches = new ArrayList<>();
        List<BlockShare> together = new ArrayList<>();
        for (BlockShare block : ascending(blocks)) {
            if (!together.isEmpty() && !belong(together.getLast(), block, even)) {
                stretches.add(stretch(together));
                together.clear();
            }
            together.add(block);
        }
        if (!together.isEmpty()) {
            stretches.add(stretch(together));
        }
        stretches.sort(Comparator.comparingDouble(Stretch::share).reversed());
        return stretches;
    }

    private static List<BlockShare> ascending(List<BlockShare> blocks) {
        return blocks.stream().sorted(Comparator.comparingInt(BlockShare::block)).toList();
    }

    private boolean belong(BlockShare one, BlockShare next, double even) {
        return next.block() == one.block() + 1
                && turnAt(one.block() * BLOCK) == turnAt(next.block() * BLOCK)
                && one.share() > even
                && next.share() > even;
    }

    private Stretch stretch(List<BlockShare> blocks) {
        int from = blocks.getFirst().block() * BLOCK;
        TokenRange tokens = new TokenRange(from, Math.min(end, (blocks.getLast().block() + 1) * BLOCK));
        double share = blocks.stream().mapToDouble(BlockShare::share).sum();
        return new Stretch(turnAt(from), turnAt(tokens.to() - 1), tokens, share, text.apply(tokens));
    }

    private int turnAt(int position) {
        Map.Entry<Integer, Integer> turn = turns.floorEntry(position);
        if (turn == null) {
            throw new IllegalStateException("no turn holds the token at position " + position);
        }
        return turn.getValue();
    }
}
