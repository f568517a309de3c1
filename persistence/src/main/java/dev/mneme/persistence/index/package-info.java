/**
 * What makes a session quick to open however long it is: where it stands, which event holds which tokens, what each
 * turn covers, what came of each request, which name is whose. Written together with the event that causes it, and
 * rebuilt from the journal if need be.
 *
 * <p>A rewind deletes nothing. It opens a new <i>branch</i>, named by the sequence number of the event that opened it
 * (creating or forking a session opens its first one). A branch has its own tokens from the position on where it
 * left its parent branch, and reads the tokens before it from there; a fork's first branch leaves a branch of another
 * session.
 */
@NullMarked
package dev.mneme.persistence.index;

import org.jspecify.annotations.NullMarked;
