/**
 * NVIDIA devices, behind the one package that imports {@code jcuda}: finds out whether this machine has one that can be used,
 * and opens it as a {@link dev.mneme.runtime.cuda.Device}, which the forward pass computes on. The kernels lie beside it as
 * resources: sources ({@code .cu}, {@code .cuh}) and the PTX made of them.
 */
@NullMarked
package dev.mneme.runtime.cuda;

import org.jspecify.annotations.NullMarked;
