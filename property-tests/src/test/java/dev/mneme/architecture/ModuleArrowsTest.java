package dev.mneme.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Data flows one way: dsl → actors → runtime, store and persistence, and these three do not know each other. */
class ModuleArrowsTest {
    private static final String RUNTIME = "dev.mneme.runtime..";
    private static final String STORE = "dev.mneme.store..";
    private static final String PERSISTENCE = "dev.mneme.persistence..";
    private static final String ACTORS = "dev.mneme.actors..";

    @SuppressWarnings("NullAway.Init")
    private static JavaClasses mneme;

    @BeforeAll
    static void read() {
        mneme = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.mneme");
        assertThat(mneme.size()).as("classes of Mneme on the class path").isGreaterThan(300);
    }

    @Test
    void theLeavesDoNotKnowEachOther() {
        onlyKnows(RUNTIME, STORE, PERSISTENCE, ACTORS);
        onlyKnows(STORE, RUNTIME, PERSISTENCE, ACTORS);
        onlyKnows(PERSISTENCE, RUNTIME, STORE, ACTORS);
    }

    private static void onlyKnows(String leaf, String... others) {
        noClasses().that().resideInAPackage(leaf).should().dependOnClassesThat().resideInAnyPackage(others).check(mneme);
    }

    @Test
    void theActorsDoNotKnowWhoUsesThem() {
        noClasses()
                .that()
                .resideInAnyPackage(ACTORS, "dev.mneme.errors..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.mneme", "dev.mneme.models..", "dev.mneme.app..")
                .check(mneme);
    }

    @Test
    void theApiDoesNotKnowTheCommand() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.mneme", "dev.mneme.models..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.mneme.app..")
                .check(mneme);
    }

    @Test
    void onlyTheStoreKnowsChronicle() {
        classes()
                .that(dependOn("net.openhft."))
                .should()
                .resideInAPackage(STORE)
                .check(mneme);
    }

    @Test
    void onlyPersistenceKnowsRocksDb() {
        classes()
                .that(dependOn("org.rocksdb."))
                .should()
                .resideInAPackage(PERSISTENCE)
                .check(mneme);
    }

    @Test
    void onlyTheCudaPackageKnowsJCuda() {
        classes()
                .that(dependOn("jcuda."))
                .should()
                .resideInAPackage("dev.mneme.runtime.cuda")
                .check(mneme);
    }

    @Test
    void theApiShowsNoPekkoTypeButTheSourceOfATurnAndTheSystemToLiveIn() {
        Set<String> shown = Set.of("dev.mneme.Turn.source()", "dev.mneme.MnemeOpening.actorSystem(org.apache.pekko.actor.typed.ActorSystem)");
        List<String> others = mneme.stream()
                .filter(type -> type.getPackageName().equals("dev.mneme"))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(ModuleArrowsTest::namesPekko)
                .map(JavaMethod::getFullName)
                .filter(name -> !shown.contains(name))
                .toList();
        assertThat(others).isEmpty();
    }

    private static boolean namesPekko(JavaMethod method) {
        return Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                .anyMatch(type -> type.getName().startsWith("org.apache.pekko."));
    }

    private static DescribedPredicate<JavaClass> dependOn(String prefix) {
        return DescribedPredicate.describe(
                "depend on " + prefix,
                type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency -> dependency.getTargetClass().getName().startsWith(prefix)));
    }
}
