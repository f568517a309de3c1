/**
 * Records on disk: an ordered map of keys to checksummed bodies in an embedded RocksDB, and the one thread that commits
 * all changes that wait with a single synced write.
 */
@NullMarked
package dev.mneme.persistence.rocksdb;

import org.jspecify.annotations.NullMarked;
