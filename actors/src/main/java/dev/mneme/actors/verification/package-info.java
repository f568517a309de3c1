/**
 * Whether a home is what it should be: every file is read, and every session is told again from its journal and compared
 * with what was noted of it. What can be made anew from the journal is made anew on request.
 */
@NullMarked
package dev.mneme.actors.verification;

import org.jspecify.annotations.NullMarked;
