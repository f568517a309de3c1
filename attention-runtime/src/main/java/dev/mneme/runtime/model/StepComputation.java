package dev.mneme.runtime.model;

/** Who computes the steps of a forward pass: the CPU or a device. For one thread at a time. */
interface StepComputation extends AutoCloseable {
    /** Writes the keys and values of a step's tokens into their blocks, and hands the wanted logits to the sinks. */
    void run(Step step);

    @Override
    void close();
}
