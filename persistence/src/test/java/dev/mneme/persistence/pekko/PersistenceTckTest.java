package dev.mneme.persistence.pekko;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.scalatest.tools.Runner;

/** Runs the specifications of pekko-persistence-tck, which are ScalaTest suites, and reports them as one test each. */
class PersistenceTckTest {
    @Test
    void theJournalMeetsItsSpecification() {
        assertThat(passes(RocksDbJournalSpec.class)).as("see the report above").isTrue();
    }

    @Test
    void theSnapshotStoreMeetsItsSpecification() {
        assertThat(passes(RocksDbSnapshotStoreSpec.class)).as("see the report above").isTrue();
    }

    private static boolean passes(Class<?> specification) {
        String classes = specification.getProtectionDomain().getCodeSource().getLocation().getPath();
        return Runner.run(new String[] {"-R", classes, "-s", specification.getName(), "-oW"});
    }
}
