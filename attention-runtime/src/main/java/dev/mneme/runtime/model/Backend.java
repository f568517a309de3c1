package dev.mneme.runtime.model;

/** Who does the arithmetic. */
public enum Backend {
    /** Plain Java loops: the readable reference, slow. */
    SCALAR,
    /** The Vector API: the same bits as {@link #SCALAR}, fast. The default. */
    VECTOR,
    /** An NVIDIA device. */
    CUDA
}
