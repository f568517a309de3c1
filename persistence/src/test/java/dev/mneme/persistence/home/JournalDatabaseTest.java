package dev.mneme.persistence.home;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.persistence.Directories;
import dev.mneme.persistence.event.Samples;
import dev.mneme.persistence.event.SessionCreated;
import dev.mneme.persistence.index.SessionPersistenceId;
import dev.mneme.persistence.journal.EventRecord;
import dev.mneme.persistence.journal.Serialized;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalDatabaseTest {
    @Test
    void whatWasAppendedIsThereAfterReopening(@TempDir Path home) {
        SessionCreated created = new SessionCreated("acme", "ines", "s-1", 7, Samples.FACTS, Optional.empty());
        String id = new SessionPersistenceId("acme", "s-1").text();
        try (JournalDatabase database = JournalDatabase.open(home, Directories.NATIVE_CACHE)) {
            database.append(id, List.of(new EventRecord(1, Serialized.of(created), "", "w", 9))).join();
        }

        try (JournalDatabase database = JournalDatabase.open(home, Directories.NATIVE_CACHE)) {
            assertThat(database.directory("acme").find("ines")).contains("s-1");
            assertThat(database.index("acme").event("s-1", 1)).contains(created);
            assertThat(database.events().highestSequenceNr(id)).isEqualTo(1);
        }
    }
}
