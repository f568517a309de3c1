package dev.mneme.persistence.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.persistence.Directories;
import dev.mneme.persistence.SessionGoneException;
import dev.mneme.persistence.home.IndexDump;
import dev.mneme.persistence.home.JournalDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/** Any history of sessions, against a model that copies every token list. */
class BranchModelTest {
    private static final JournalDatabase DATABASE =
            JournalDatabase.open(Directories.temporary("branches"), Directories.NATIVE_CACHE);
    private static int tenants;

    @AfterContainer
    static void close() {
        DATABASE.close();
    }

    @Property(tries = 60)
    void everyBranchHasTheTokensTurnsAndEditsThatAreItsOwn(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 120) int steps) {
        ModelledTenant tenant = new ModelledTenant(DATABASE, "t" + tenants++, random);

        for (int step = 0; step < steps; step++) {
            tenant.doSomething();
        }

        tenant.checkEverything();
    }

    @Property(tries = 15)
    void indexesRebuiltFromTheJournalAreTheIndexesThatWereThere(@ForAll Random random) {
        Path directory = Directories.temporary("rebuild");
        try (JournalDatabase own = JournalDatabase.open(directory, Directories.NATIVE_CACHE)) {
            for (String name : List.of("acme", "other")) {
                ModelledTenant tenant = new ModelledTenant(own, name, random);
                for (int step = 0; step < 80; step++) {
                    tenant.doSomething();
                }
                tenant.settle();
            }
            List<String> before = IndexDump.of(own);

            own.rebuildIndexes();

            assertThat(IndexDump.of(own)).hasSizeGreaterThan(100).isEqualTo(before);
        } finally {
            Directories.delete(directory);
        }
    }

    @Property(tries = 20)
    void whatIsDeletedGoesWhenNoForkReadsItAnyMoreAndNothingElseDoes(@ForAll Random random) {
        ModelledTenant tenant = new ModelledTenant(DATABASE, "t" + tenants++, random);
        for (int step = 0; step < 80; step++) {
            tenant.doSomething();
        }

        tenant.reclaimEverythingDeleted();
        tenant.checkEverything();

        tenant.deleteAll();
        tenant.reclaimEverythingDeleted();
        assertThat(tenant.directory().sessionIds()).isEmpty();
        assertThat(IndexDump.of(DATABASE)).noneMatch(row -> row.contains(tenant.name() + "/"));
    }

    @Property(tries = 5)
    void aDeletedSessionAnswersNoMore(@ForAll Random random) {
        ModelledTenant tenant = new ModelledTenant(DATABASE, "t" + tenants++, random);
        String session = tenant.create();
        tenant.deleteAll();

        assertThat(tenant.directory().list()).isEmpty();
        tenant.say(session);
        assertThatThrownBy(tenant::settle).isInstanceOf(SessionGoneException.class);
    }
}
