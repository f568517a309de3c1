package dev.mneme.runtime.cuda;

/** How many thread blocks a kernel runs with in each direction. */
public record Grid(int x, int y, int z) {
    /** Thread blocks in a row. */
    public Grid(int x) {
        this(x, 1, 1);
    }

    /** A rectangle of thread blocks. */
    public Grid(int x, int y) {
        this(x, y, 1);
    }
}
