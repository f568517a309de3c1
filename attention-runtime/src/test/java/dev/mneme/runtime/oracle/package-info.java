/**
 * The reference data (resources/oracle, see its README) as records, the real models, and a session's KV in plain
 * memory: what tests of the runtime stand on.
 */
@NullMarked
package dev.mneme.runtime.oracle;

import org.jspecify.annotations.NullMarked;
