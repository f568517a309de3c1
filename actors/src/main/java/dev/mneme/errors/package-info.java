/**
 * What can go wrong, as types. Each error says what happened, to which session or file, and what to do; a caller that
 * wants to act on one catches its class. All are unchecked and thrown to the caller of the public API; inside, they
 * travel in replies.
 */
@NullMarked
package dev.mneme.errors;

import org.jspecify.annotations.NullMarked;
