package dev.mneme.runtime.attention;

/** Rotary position embedding of one head (Su et al., 2021), its pairs being {@code (i, i + headDim / 2)}. */
public final class Rotation {
    private Rotation() {}

    /**
     * Turns a query or key by row {@code row} of a page. Source and target may be the same place.
     *
     * @param source {@code headDim} numbers from {@code sourceOffset} on, in rotation order
     */
    public static void rotate(
            float[] source, int sourceOffset, int headDim, RopePage page, int row,
            float[] target, int targetOffset) {
        int half = headDim / 2;
        float[] cos = page.cos();
        float[] sin = page.sin();
        for (int i = 0; i < half; i++) {
            float c = cos[row * half + i];
            float s = sin[row * half + i];
            float x0 = source[sourceOffset + i];
            float x1 = source[sourceOffset + half + i];
            target[targetOffset + i] = Math.fma(x0, c, -(x1 * s));
            target[targetOffset + half + i] = Math.fma(x0, s, x1 * c);
        }
    }

    /**
     * Brings a head whose pairs are adjacent, {@code (2i, 2i + 1)}, into rotation order, in place.
     *
     * @param scratch room for {@code headDim} numbers
     */
    public static void fromAdjacent(float[] head, int offset, int headDim, float[] scratch) {
        int half = headDim / 2;
        System.arraycopy(head, offset, scratch, 0, headDim);
        for (int i = 0; i < half; i++) {
            head[offset + i] = scratch[2 * i];
            head[offset + half + i] = scratch[2 * i + 1];
        }
    }
}
