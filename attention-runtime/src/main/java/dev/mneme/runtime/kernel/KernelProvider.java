package dev.mneme.runtime.kernel;

/** Makes the kernels of one backend, one instance for each compute thread. */
public interface KernelProvider {
    /** Short name for logs, such as {@code scalar} or {@code vector-512}. */
    String name();

    /** New kernels for one thread. */
    Kernels newKernels();
}
