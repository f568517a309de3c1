/** Chat templates against the reference renderings, and the pieces that are cut from them. */
@NullMarked
package dev.mneme.runtime.chat;

import org.jspecify.annotations.NullMarked;
