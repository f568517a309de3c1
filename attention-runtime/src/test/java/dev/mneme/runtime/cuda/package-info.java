/** What can be known of the CUDA kernels and the driver without a device. */
@NullMarked
package dev.mneme.runtime.cuda;

import org.jspecify.annotations.NullMarked;
