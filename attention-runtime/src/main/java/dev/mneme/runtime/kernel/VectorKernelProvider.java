package dev.mneme.runtime.kernel;

/**
 * Kernels on the Vector API. This class itself names no class of the incubating module, so that it
 * can be asked where that module is missing.
 */
public final class VectorKernelProvider implements KernelProvider {
    private static final String MODULE = "jdk.incubator.vector";

    private final String name;

    private VectorKernelProvider(String name) {
        this.name = name;
    }

    /**
     * The vector kernels of this process.
     *
     * @throws BackendUnavailableException if the JVM was started without {@code --add-modules jdk.incubator.vector}
     * @throws IllegalArgumentException    if the system property {@code mneme.vector.bits} is none of 128, 256, 512
     */
    public static KernelProvider create() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            throw new BackendUnavailableException("the vector backend needs the module " + MODULE
                    + ": start the JVM with --add-modules " + MODULE + ", or choose the scalar backend");
        }
        return new VectorKernelProvider("vector-" + VectorWidth.chosen().bits());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Kernels newKernels() {
        return new VectorKernels();
    }
}
