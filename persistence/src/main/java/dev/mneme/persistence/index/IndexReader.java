package dev.mneme.persistence.index;

import dev.mneme.persistence.IndexDamagedException;
import dev.mneme.persistence.RecordUnreadableException;
import dev.mneme.persistence.rocksdb.Batch;
import dev.mneme.persistence.rocksdb.BrokenRecordException;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.StoredRecord;
import dev.mneme.persistence.serialization.Body;
import dev.mneme.persistence.serialization.FieldReader;
import java.util.Optional;
import java.util.function.Function;

/** Reads rows, and says which one when it is damaged. */
final class IndexReader {
    private IndexReader() {}

    static <T> T read(String what, StoredRecord record, Function<FieldReader, T> fields) {
        try {
            return Body.read(what, record.body(), fields);
        } catch (BrokenRecordException | RecordUnreadableException e) {
            throw new IndexDamagedException(what, String.valueOf(e.getMessage()), e);
        }
    }

    static <T> Optional<T> get(Batch batch, Key key, String what, Function<FieldReader, T> fields) {
        try {
            byte[] body = batch.get(key);
            return body == null ? Optional.empty() : Optional.of(Body.read(what, body, fields));
        } catch (BrokenRecordException | RecordUnreadableException e) {
            throw new IndexDamagedException(what, String.valueOf(e.getMessage()), e);
        }
    }
}
