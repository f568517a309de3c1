/**
 * NVIDIA devices, behind the one package that imports {@code jcuda}. So far it finds out whether this machine has one that
 * could be used. Its kernels lie beside it as resources: sources ({@code .cu}, {@code .cuh}) and the PTX made of them.
 */
@NullMarked
package dev.mneme.runtime.cuda;

import org.jspecify.annotations.NullMarked;
