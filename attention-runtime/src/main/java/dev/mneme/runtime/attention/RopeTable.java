package dev.mneme.runtime.attention;

import dev.mneme.runtime.kv.KvLayout;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Cosines and sines of all distances within a window, made page by page when first needed, in
 * double with {@link StrictMath} and rounded once. Thread-safe: a page made twice is the same.
 */
public final class RopeTable {
    private final double[] frequencies;
    private final AtomicReferenceArray<@Nullable RopePage> pages;

    /**
     * A table that is still empty.
     *
     * @param frequencies radians per position of each rotated pair
     * @param positions   distances from 0 that can be asked for
     */
    public RopeTable(double[] frequencies, int positions) {
        this.frequencies = frequencies.clone();
        this.pages = new AtomicReferenceArray<>((positions + KvLayout.BLOCK - 1) / KvLayout.BLOCK);
    }

    /** The page of distances {@code 64 * distance} to {@code 64 * distance + 63}. */
    public RopePage page(int distance) {
        RopePage page = pages.get(distance);
        if (page == null) {
            page = newPage(distance);
            pages.set(distance, page);
        }
        return page;
    }

    private RopePage newPage(int distance) {
        int pairs = frequencies.length;
        float[] cos = new float[KvLayout.BLOCK * pairs];
        float[] sin = new float[KvLayout.BLOCK * pairs];
        for (int row = 0; row < KvLayout.BLOCK; row++) {
            double position = (double) distance * KvLayout.BLOCK + row;
            for (int i = 0; i < pairs; i++) {
                double angle = position * frequencies[i];
                cos[row * pairs + i] = (float) StrictMath.cos(angle);
                sin[row * pairs + i] = (float) StrictMath.sin(angle);
            }
        }
        return new RopePage(cos, sin);
    }
}
