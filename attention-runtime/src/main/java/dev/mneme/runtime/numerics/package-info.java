/**
 * The one canonical order of arithmetic that all CPU backends follow, so that they agree in every
 * bit whatever their vector width: how a dot product is summed, which polynomial an exponential is,
 * how attention is cut into splits and merged. The scalar forms here are the definition.
 */
@NullMarked
package dev.mneme.runtime.numerics;

import org.jspecify.annotations.NullMarked;
