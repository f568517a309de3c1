package dev.mneme.persistence.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.persistence.ChildJvm;
import dev.mneme.persistence.Directories;
import dev.mneme.persistence.HomeDamagedException;
import dev.mneme.persistence.HomeInUseException;
import dev.mneme.persistence.HomeNotWritableException;
import dev.mneme.persistence.HomeTooNewException;
import dev.mneme.persistence.JournalUnavailableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
    @TempDir
    Path directory;

    @Test
    void aHomeExplainsItself() throws IOException {
        Path root = directory.resolve("deep/home");
        try (Home home = Home.open(root)) {
            assertThat(home.journal()).isEqualTo(root.resolve("journal"));
            assertThat(home.blocks("acme")).isEqualTo(root.resolve("tenants/acme/blocks")).isDirectory();
            assertThat(home.tails("acme")).isEqualTo(root.resolve("tenants/acme/tails")).isDirectory();
        }

        assertThat(root.resolve("version")).hasContent("1");
        assertThat(Files.readString(root.resolve("README.txt"))).contains("journal/", "blocks/", "tails/", "secret");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aTenantsSecretIsItsOwnLastsAndIsForThisUserOnly() throws IOException {
        byte[] secret;
        try (Home home = Home.open(directory)) {
            secret = home.secret("acme");
            assertThat(secret).hasSize(32).isNotEqualTo(home.secret("other"));
        }
        try (Home home = Home.open(directory)) {
            assertThat(home.secret("acme")).isEqualTo(secret);
        }
        Path file = directory.resolve("tenants/acme/secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");

        Files.write(file, new byte[31]);
        try (Home home = Home.open(directory)) {
            assertThatThrownBy(() -> home.secret("acme")).isInstanceOf(HomeDamagedException.class);
        }
    }

    @Test
    void aTenantsNameNeverLeavesItsFolder() {
        try (Home home = Home.open(directory)) {
            for (String tenant : new String[] {"../../etc", "/etc", "..", ".", "Acme", "a b", "日本", "x".repeat(10_000)}) {
                Path blocks = home.blocks(tenant);
                assertThat(blocks.toAbsolutePath().normalize()).startsWith(directory.resolve("tenants"));
                assertThat(directory.resolve("tenants").relativize(blocks).getNameCount()).isEqualTo(2);
            }
            assertThat(home.blocks("Acme")).isNotEqualTo(home.blocks("acme"));
        }
    }

    @Test
    void aHomeThatIsOpenCannotBeOpenedAgainUntilItIsClosed() {
        Home home = Home.open(directory);
        assertThatThrownBy(() -> Home.open(directory))
                .isInstanceOf(HomeInUseException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("--home");
        // The refused attempt must not have let go of the lock.
        assertThatThrownBy(() -> Home.open(directory)).isInstanceOf(HomeInUseException.class);
        home.close();
        home.close();

        Home.open(directory).close();
    }

    @Test
    void aSecondProcessIsToldWhichOneHasTheHome() throws Exception {
        Process child = ChildJvm.start(HoldsHome.class, directory.toString());
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo("open");

            assertThatThrownBy(() -> Home.open(directory))
                    .isInstanceOf(HomeInUseException.class)
                    .hasMessageContaining("(" + child.pid() + ")");
        } finally {
            child.destroyForcibly().waitFor();
        }
        Home.open(directory).close();
    }

    /** Opens a home and waits to be killed. */
    static final class HoldsHome {
        public static void main(String[] arguments) throws InterruptedException {
            try (Home home = Home.open(Path.of(arguments[0]))) {
                System.out.println("open");
                Thread.sleep(60_000);
                System.out.println(home.root());
            }
        }
    }

    @Test
    void aHomeOfTheFutureIsRefused() throws IOException {
        Home.open(directory).close();
        Files.writeString(directory.resolve("version"), "2\n");

        assertThatThrownBy(() -> Home.open(directory))
                .isInstanceOf(HomeTooNewException.class)
                .hasMessageContaining("format 2");
        // And is left unlocked.
        Files.writeString(directory.resolve("version"), "1\n");
        Home.open(directory).close();
    }

    @Test
    void aDamagedVersionIsRefused() throws IOException {
        Home.open(directory).close();
        Files.writeString(directory.resolve("version"), "");

        assertThatThrownBy(() -> Home.open(directory)).isInstanceOf(HomeDamagedException.class);
    }

    @Test
    void aDirectoryOfSomethingElseIsNotMadeAHome() throws IOException {
        Files.writeString(directory.resolve("thesis.tex"), "42");

        assertThatThrownBy(() -> Home.open(directory))
                .isInstanceOf(HomeNotWritableException.class)
                .hasMessageContaining("thesis.tex");
        assertThat(directory).isDirectoryNotContaining("glob:**lock");
    }

    @Test
    void aFileInTheWayIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("home"), "");

        assertThatThrownBy(() -> Home.open(file))
                .isInstanceOf(HomeNotWritableException.class)
                .hasMessageContaining(file + " is no directory;");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aPlaceThatCannotBeWrittenIsRefused() {
        // Not even root may create something there.
        Path unwritable = Path.of("/proc/self/mneme-home");

        assertThatThrownBy(() -> Home.open(unwritable))
                .isInstanceOf(HomeNotWritableException.class)
                .hasMessageContaining("mneme-home cannot be created;");
        assertThatThrownBy(() -> JournalDatabase.open(unwritable, Directories.NATIVE_CACHE))
                .isInstanceOf(JournalUnavailableException.class);
    }

    @Test
    void aDatabaseThatIsOpenCannotBeOpenedAgain() {
        try (JournalDatabase first = JournalDatabase.open(directory, Directories.NATIVE_CACHE)) {
            assertThatThrownBy(() -> JournalDatabase.open(directory, Directories.NATIVE_CACHE))
                    .isInstanceOf(HomeInUseException.class);
            assertThat(first.events().highestSequenceNr("x")).isZero();
        }
    }
}
