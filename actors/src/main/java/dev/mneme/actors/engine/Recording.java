package dev.mneme.actors.engine;

import dev.mneme.runtime.model.AttentionMass;
import dev.mneme.runtime.model.MassSink;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the attention of a work's tokens goes, from a position of the session's line on. Tokens are added one by one in the
 * order of the line, so that the sums are the same however the work is cut into steps. Written on the engine thread; read when
 * the work is over.
 */
public final class Recording {
    private final int from;
    private final AttentionMass mass = new AttentionMass();

    private Recording(int from) {
        this.from = from;
    }

    /** Records the tokens at this position and after it. */
    public static Recording from(int position) {
        return new Recording(position);
    }

    /** Records nothing, and costs nothing. */
    static Recording none() {
        return new Recording(Integer.MAX_VALUE);
    }

    /** What was recorded. */
    public AttentionMass mass() {
        return mass;
    }

    /** For a run of the tokens {@code [start, end)}. */
    Run run(int start, int end) {
        return new Run(start, end);
    }

    /** What one run is heard to attend to. It counts when the run is done: one that finds a lost block is run again. */
    final class Run implements MassSink {
        private final int start;
        private final int end;
        private final List<Heard> heard = new ArrayList<>();

        private Run(int start, int end) {
            this.start = start;
            this.end = end;
        }

        @SuppressWarnings("ArrayRecordComponent")
        private record Heard(int[] blocks, double[] shares) {}

        /** What to hand to the run. */
        MassSink sink() {
            return end > from ? this : MassSink.NONE;
        }

        @Override
        public boolean wants(int offset) {
            return start + offset >= from;
        }

        @Override
        public void accept(int offset, int[] blocks, double[] shares) {
            heard.add(new Heard(blocks.clone(), shares.clone()));
        }

        void done() {
            MassSink sum = mass.from(0);
            for (int i = 0; i < heard.size(); i++) {
                sum.accept(i, heard.get(i).blocks(), heard.get(i).shares());
            }
        }
    }
}
