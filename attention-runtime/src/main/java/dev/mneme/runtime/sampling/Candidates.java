package dev.mneme.runtime.sampling;

import dev.mneme.runtime.numerics.Numerics;
import java.util.Arrays;

/**
 * The likeliest tokens of one step, likeliest first, the lower id first where two are equal. A vocabulary has up to 262,144
 * tokens of which a few dozen matter, so nothing here sorts it: tokens are selected first, and only those are sorted.
 * Memory is kept from step to step.
 */
final class Candidates {
    private static final float FIRST_MARGIN = 4;

    /** Logit, inverted so that the highest comes first, in the high half; id in the low half. */
    private long[] keys = new long[256];
    private int count;

    int count() {
        return count;
    }

    int id(int i) {
        return (int) keys[i];
    }

    void keepFirst(int n) {
        count = Math.min(count, n);
    }

    /** The k likeliest: a heap of the best so far, its worst on top. */
    void selectTop(int k, float[] logits) {
        ensure(k);
        count = 0;
        float worst = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < logits.length; id++) {
            float logit = logits[id];
            if (count < k) {
                siftUp(count++, key(logit, id));
                worst = logits[id(0)];
            } else if (logit > worst) {
                siftDown(key(logit, id));
                worst = logits[id(0)];
            }
        }
        Arrays.sort(keys, 0, count);
    }

    /** All with at least this logit. */
    void selectAbove(float lowest, float[] logits) {
        count = 0;
        for (int id = 0; id < logits.length; id++) {
            if (logits[id] >= lowest) {
                ensure(count + 1);
                keys[count++] = key(logits[id], id);
            }
        }
        Arrays.sort(keys, 0, count);
    }

    /** At least the likeliest tokens that together have this mass, in units of e^highest. */
    void selectMass(double mass, float highest, float[] logits) {
        float margin = FIRST_MARGIN;
        selectAbove(highest - margin, logits);
        while (mass(highest, logits) < mass && margin < -Numerics.EXP_MIN) {
            margin *= 2;
            selectAbove(highest - margin, logits);
        }
    }

    /** Sum of e^(logit − highest) over the candidates. */
    double mass(float highest, float[] logits) {
        double mass = 0;
        for (int i = 0; i < count; i++) {
            mass += Numerics.exp(logits[id(i)] - highest);
        }
        return mass;
    }

    private void ensure(int capacity) {
        if (keys.length < capacity) {
            keys = Arrays.copyOf(keys, Math.max(capacity, keys.length * 2));
        }
    }

    private static long key(float logit, int id) {
        int bits = Float.floatToIntBits(logit + 0f); // adding zero makes one zero of two
        int ascending = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        return ((long) ~ascending << 32) | id;
    }

    private void siftUp(int i, long key) {
        while (i > 0 && keys[(i - 1) >>> 1] < key) {
            keys[i] = keys[(i - 1) >>> 1];
            i = (i - 1) >>> 1;
        }
        keys[i] = key;
    }

    private void siftDown(long key) {
        int i = 0;
        while (2 * i + 1 < count) {
            int child = 2 * i + 1;
            if (child + 1 < count && keys[child + 1] > keys[child]) {
                child++;
            }
            if (keys[child] <= key) {
                break;
            }
            keys[i] = keys[child];
            i = child;
        }
        keys[i] = key;
    }
}
