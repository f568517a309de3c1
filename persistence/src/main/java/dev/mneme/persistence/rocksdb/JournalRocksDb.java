package dev.mneme.persistence.rocksdb;

import dev.mneme.persistence.HomeInUseException;
import dev.mneme.persistence.JournalUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WALRecoveryMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A RocksDB that is opened as a journal has to be, and closed with all that belongs to it.
 *
 * @param directory where it lies
 * @param options what it was opened with
 * @param cache its block cache
 * @param db the database itself
 */
record JournalRocksDb(Path directory, Options options, LRUCache cache, RocksDB db) implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalRocksDb.class);
    private static final long CACHE_BYTES = 16L << 20;
    private static final long WRITE_BUFFER_BYTES = 8L << 20;
    private static final int OPEN_FILES = 256;

    /** Opens it: see {@link RecordStore#open}. */
    static JournalRocksDb open(Path directory, Path nativeCache) {
        NativeLibrary.load(nativeCache);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new JournalUnavailableException(directory, "cannot be created (" + e + ")", e);
        }
        LogCheck.run(directory);
        LRUCache cache = new LRUCache(CACHE_BYTES);
        Options options = options(cache);
        try {
            return new JournalRocksDb(directory, options, cache, RocksDB.open(options, directory.toString()));
        } catch (RocksDBException e) {
            options.close();
            cache.close();
            throw refusal(directory, e);
        }
    }

    private static Options options(LRUCache cache) {
        return new Options()
                .setCreateIfMissing(true)
                // The default would silently drop synced records behind one damaged one.
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(
                        new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(new BloomFilter(10)))
                // With the default, opening costs more the more files there are.
                .setMaxOpenFiles(OPEN_FILES)
                .setSkipStatsUpdateOnDbOpen(true)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2)
                .setStatsDumpPeriodSec(0)
                // 4 MB otherwise, in every home.
                .setManifestPreallocationSize(64 << 10);
    }

    private static RuntimeException refusal(Path directory, RocksDBException e) {
        String message = String.valueOf(e.getMessage());
        if (message.toLowerCase(Locale.ROOT).contains("lock ")) {
            return new HomeInUseException(directory, OptionalLong.empty(), e);
        }
        return new JournalUnavailableException(directory, "cannot be opened (" + message + ")", e);
    }

    /** Nobody may be using the database any more. */
    @Override
    public void close() {
        flush();
        db.close();
        options.close();
        cache.close();
    }

    /**
     * Moves what is only in the log into a table: the next open has nothing to recover, and tables are checked whole,
     * while a log with a damaged length at its end looks like one that was cut.
     */
    private void flush() {
        try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
            db.flush(waiting);
        } catch (RocksDBException e) {
            LOG.warn("the journal in {} could not be flushed; its log is recovered at the next open", directory, e);
        }
    }
}
