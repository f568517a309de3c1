package dev.mneme.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pull from a hub brings exactly the hub's bytes, whatever the connection does, or says why not. */
class HubPullTest {
    private static final String MODEL = "hf:o/r/m.gguf";

    @TempDir
    Path directory;

    private byte[] body;
    private HubServer server;

    @BeforeEach
    void startHub() throws Exception {
        body = new byte[300_000];
        new Random(7).nextBytes(body);
        server = new HubServer(body, sha256(body));
    }

    @AfterEach
    void stopHub() {
        server.close();
    }

    @Test
    void followsTheRedirectAndKeepsTheFile() throws Exception {
        List<PullProgress> seen = new ArrayList<>();
        ModelFile file = catalog(server.uri()).pull(MODEL, seen::add);

        assertThat(Files.readAllBytes(file.path())).isEqualTo(body);
        assertThat(file.sha256()).isEqualTo(sha256(body));
        assertThat(file.path()).isEqualTo(directory.resolve("hf/o/r/m.gguf"));
        assertThat(seen).anyMatch(progress -> progress.bytes() == body.length && progress.totalBytes() == body.length);
        int requests = server.requests.size();
        assertThat(catalog(server.uri()).pull(MODEL, PullListener.SILENT)).isEqualTo(file);
        assertThat(server.requests).as("a file that is here is not asked for").hasSize(requests);
    }

    @Test
    void theTokenGoesToTheHubAndNotToTheHostItSendsOnTo() {
        catalog(server.uri(), Optional.of("secret")).pull(MODEL, PullListener.SILENT);
        assertThat(server.tokens).contains("Bearer secret", "cdn null").doesNotContain("cdn Bearer secret");
    }

    @Test
    void aBrokenConnectionIsTakenUpWhereItBroke() throws Exception {
        server.breaks.addAll(List.of(100_000, 50_000));
        ModelFile file = catalog(server.uri()).pull(MODEL, PullListener.SILENT);
        assertThat(Files.readAllBytes(file.path())).isEqualTo(body);
        assertThat(server.requests.stream().filter(request -> request.contains("bytes="))).isNotEmpty();
    }

    @Test
    void aPullThatGaveUpGoesOnLater() throws Exception {
        server.breaks.addAll(List.of(120_000, 0, 0, 0, 0, 0));
        assertThatThrownBy(() -> catalog(server.uri()).pull(MODEL, PullListener.SILENT))
                .isInstanceOf(ModelUnavailable.class)
                .hasMessageContaining("goes on from there");
        assertThat(directory.resolve("hf/o/r/m.gguf")).doesNotExist();
        server.breaks.clear();
        server.requests.clear();

        ModelFile file = catalog(server.uri()).pull(MODEL, PullListener.SILENT);
        assertThat(Files.readAllBytes(file.path())).isEqualTo(body);
        assertThat(server.requests).noneMatch(request -> request.equals("GET cdn"));
    }

    @Test
    void twoVersionsOfAFileAreNeverJoined() throws Exception {
        server.breaks.addAll(List.of(120_000, 0, 0, 0, 0, 0));
        assertThatThrownBy(() -> catalog(server.uri()).pull(MODEL, PullListener.SILENT))
                .isInstanceOf(ModelUnavailable.class);
        server.breaks.clear();
        new Random(8).nextBytes(body);
        server.tag = sha256(body);

        ModelFile file = catalog(server.uri()).pull(MODEL, PullListener.SILENT);
        assertThat(Files.readAllBytes(file.path())).isEqualTo(body);
    }

    @Test
    void aServerWithoutRangesOrTagsWorksToo() throws Exception {
        server.tag = "";
        server.ignoreRanges = true;
        server.breaks.add(5_000);
        ModelFile file = catalog(server.uri()).pull(MODEL, PullListener.SILENT);
        assertThat(Files.readAllBytes(file.path())).isEqualTo(body);
    }

    @Test
    void bytesThatAreNotThePromisedOnesAreRefused() throws Exception {
        server.tag = sha256(new byte[0]);
        assertThatThrownBy(() -> catalog(server.uri()).pull(MODEL, PullListener.SILENT))
                .isInstanceOf(ModelUnavailable.class)
                .hasMessageContaining("SHA-256 differs");
        try (Stream<Path> left = Files.list(directory.resolve("hf/o/r"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void whatTheHubRefusesIsSaidInItsWords() {
        ModelCatalog catalog = catalog(server.uri());
        assertThatThrownBy(() -> catalog.pull("hf:o/none/m.gguf", PullListener.SILENT))
                .isInstanceOf(UnknownModel.class).hasMessageContaining("hf:o/none/m.gguf");
        assertThatThrownBy(() -> catalog.pull("hf:o/gated/m.gguf", PullListener.SILENT))
                .isInstanceOf(ModelUnavailable.class).hasMessageContaining("HF_TOKEN");
        assertThatThrownBy(() -> catalog(URI.create("http://localhost:1")).pull(MODEL, PullListener.SILENT))
                .isInstanceOf(ModelUnavailable.class).hasMessageContaining("HF_ENDPOINT");
    }

    private ModelCatalog catalog(URI endpoint) {
        return catalog(endpoint, Optional.empty());
    }

    private ModelCatalog catalog(URI endpoint, Optional<String> token) {
        Hub hub = new Hub(endpoint, token, Duration.ofSeconds(2));
        return new ModelCatalog(directory, new PackageIndex(List.of("no-such-python")), hub);
    }

    static String sha256(byte[] bytes) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IOException(impossible);
        }
    }
}
