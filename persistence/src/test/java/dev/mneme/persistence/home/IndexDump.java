package dev.mneme.persistence.home;

import dev.mneme.persistence.rocksdb.BrokenRecordException;
import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.Space;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;

/** All rows of a database that belong to a session, other than its events, as text. */
public final class IndexDump {
    private IndexDump() {}

    /** The rows; in a key, bytes that are no letters are slashes. */
    public static List<String> of(JournalDatabase database) {
        List<String> rows = new ArrayList<>();
        // Deletions outlive the session that they are about.
        for (Space space : EnumSet.complementOf(EnumSet.of(Space.EVENT, Space.HIGHEST, Space.META, Space.DELETION))) {
            database.store().scan(Key.in(space), Key.in(space).end(), record -> {
                String key = new String(record.key(), StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "/");
                try {
                    rows.add(key + "/ " + HexFormat.of().formatHex(record.key()) + " "
                            + HexFormat.of().formatHex(record.body()));
                } catch (BrokenRecordException e) {
                    throw new AssertionError(e);
                }
                return true;
            });
        }
        return rows;
    }
}
