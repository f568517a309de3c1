package dev.mneme.runtime.model;

import dev.mneme.runtime.gguf.TensorType;

/** A weight matrix {@code [rows][columns]} on a device, as the model file stores it. */
record DeviceMatrix(long address, TensorType type, int rows, int columns) {}
