package dev.mneme.persistence.home;

import dev.mneme.persistence.FormatVersions;
import dev.mneme.persistence.HomeDamagedException;
import dev.mneme.persistence.HomeException;
import dev.mneme.persistence.HomeInUseException;
import dev.mneme.persistence.HomeNotWritableException;
import dev.mneme.persistence.HomeTooNewException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A home directory: all that is remembered, locked against every other process while it is open.
 *
 * <pre>
 * README.txt            what is what
 * lock                  locked while the home is open; holds the process id
 * version               the number of this layout
 * journal/              the journal of all tenants
 * tenants/T/secret      32 random bytes, part of every block key of the tenant
 * tenants/T/blocks/     sealed blocks
 * tenants/T/tails/      unfinished blocks
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class Home implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final String VERSION = "version";
    private static final String README = "README.txt";
    private static final Set<String> BEFORE_VERSION = Set.of(LOCK, README);
    private static final int SECRET_BYTES = 32;

    private final Path root;
    private final HomeLock lock;

    private Home(Path root, HomeLock lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * Opens the home in {@code directory}, creating it if need be, and locks it.
     *
     * @throws HomeInUseException if it is open already, here or in another process
     * @throws HomeTooNewException if a newer version of Mneme wrote it
     * @throws HomeNotWritableException if it cannot be created or written, or is a directory of something else
     * @throws HomeDamagedException if its version cannot be read
     */
    public static Home open(Path directory) {
        Path root = directory.toAbsolutePath().normalize();
        try {
            DurableFiles.createPrivateDirectories(root);
            checkIsHome(root);
            HomeLock lock = HomeLock.take(root, root.resolve(LOCK));
            try {
                checkVersion(root);
                return new Home(root, lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw unusable(root, e);
        }
    }

    /** A directory that holds anything else is not made into a home. */
    private static void checkIsHome(Path root) throws IOException {
        if (Files.exists(root.resolve(VERSION))) {
            return;
        }
        try (Stream<Path> files = Files.list(root)) {
            String others = files.map(file -> file.getFileName().toString())
                    .filter(name -> !BEFORE_VERSION.contains(name) && !name.endsWith(DurableFiles.UNFINISHED))
                    .sorted()
                    .limit(3)
                    .collect(Collectors.joining(", "));
            if (!others.isEmpty()) {
                throw new HomeNotWritableException(root, "it is no home and holds other files (" + others + ")", null);
            }
        }
    }

    private static void checkVersion(Path root) throws IOException {
        Path file = root.resolve(VERSION);
        if (Files.notExists(file)) {
            DurableFiles.write(root.resolve(README), HomeReadme.TEXT);
            DurableFiles.write(file, FormatVersions.HOME + "\n");
        }
        String text = Files.readString(file).strip();
        int version;
        try {
            version = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new HomeDamagedException(file, "it says '" + text + "' and not a number");
        }
        if (version > FormatVersions.HOME) {
            throw new HomeTooNewException(root, version, FormatVersions.HOME);
        }
    }

    public Path root() {
        return root;
    }

    /** Where the journal's database lies. */
    public Path journal() {
        return root.resolve("journal");
    }

    /** Where the sealed blocks of {@code tenant} lie. The directory exists. */
    public Path blocks(String tenant) {
        return create(tenantDirectory(tenant).resolve("blocks"));
    }

    /** Where the unfinished blocks of {@code tenant} lie. The directory exists. */
    public Path tails(String tenant) {
        return create(tenantDirectory(tenant).resolve("tails"));
    }

    /**
     * The secret of {@code tenant}: 32 random bytes, made at first use, readable for this user only.
     *
     * @throws HomeDamagedException if the file has another length
     */
    public synchronized byte[] secret(String tenant) {
        Path file = create(tenantDirectory(tenant)).resolve("secret");
        try {
            if (Files.notExists(file)) {
                byte[] secret = new byte[SECRET_BYTES];
                new SecureRandom().nextBytes(secret);
                DurableFiles.write(file, secret);
            }
            byte[] secret = Files.readAllBytes(file);
            if (secret.length != SECRET_BYTES) {
                throw new HomeDamagedException(file, "it has " + secret.length + " bytes and not " + SECRET_BYTES);
            }
            return secret;
        } catch (IOException e) {
            throw unusable(root, e);
        }
    }

    /** The tenants that have a folder here, but for those whose folder does not bear their name. */
    public Set<String> tenants() {
        Path all = root.resolve("tenants");
        if (!Files.isDirectory(all)) {
            return Set.of();
        }
        try (Stream<Path> folders = Files.list(all)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .filter(name -> TenantFolder.name(name).equals(name))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw unusable(root, e);
        }
    }

    private Path tenantDirectory(String tenant) {
        return root.resolve("tenants").resolve(TenantFolder.name(tenant));
    }

    private Path create(Path directory) {
        try {
            DurableFiles.createPrivateDirectories(directory);
            return directory;
        } catch (IOException e) {
            throw unusable(root, e);
        }
    }

    private static HomeException unusable(Path root, IOException e) {
        String reason =
                switch (e) {
                    // Of these the message is the file alone.
                    case AccessDeniedException denied -> denied.getFile() + ": Permission denied";
                    case NoSuchFileException missing -> missing.getFile() + " cannot be created";
                    case FileAlreadyExistsException file -> file.getFile() + " is no directory";
                    default -> e.getMessage() == null ? e.toString() : e.getMessage();
                };
        return new HomeNotWritableException(root, reason, e);
    }

    /** Unlocks the home. What lies in it has to be closed before. May be called again. */
    @Override
    public void close() {
        lock.close();
    }
}
