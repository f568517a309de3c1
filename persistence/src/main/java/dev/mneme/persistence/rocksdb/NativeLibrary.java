package dev.mneme.persistence.rocksdb;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads RocksDB's native library from a directory where it was unpacked once.
 *
 * <p>Left to itself RocksDB unpacks 15 MB into the temporary folder in every process, and a process that is killed
 * leaves them there.
 */
final class NativeLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

    private NativeLibrary() {}

    static synchronized void load(Path cache) {
        try {
            RocksDB.loadLibrary(List.of(unpacked(cache).toString()));
        } catch (IOException | UnsatisfiedLinkError e) {
            LOG.warn("cannot load RocksDB's library from {}, it goes to the temporary folder instead", cache, e);
            RocksDB.loadLibrary();
        }
    }

    private static Path unpacked(Path cache) throws IOException {
        String packed = Environment.getJniLibraryFileName("rocksdb");
        // Given a list of directories, RocksDB looks for a name that says "jni" twice.
        String name = Environment.getJniLibraryFileName("rocksdbjni");
        URL resource = RocksDB.class.getResource("/" + packed);
        if (resource == null) {
            throw new FileNotFoundException(packed);
        }
        URLConnection connection = resource.openConnection();
        long size = connection.getContentLengthLong();
        Path directory = cache.resolve("rocksdb-" + fingerprint(connection, size));
        Path library = directory.resolve(name);
        if (Files.notExists(library) || Files.size(library) != size) {
            Files.createDirectories(directory);
            Path fresh = Files.createTempFile(directory, name, ".part");
            try (InputStream bytes = connection.getInputStream()) {
                Files.copy(bytes, fresh, StandardCopyOption.REPLACE_EXISTING);
                // Atomic, so that another process sees all of it or none.
                Files.move(fresh, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
        }
        return directory;
    }

    private static String fingerprint(URLConnection connection, long size) throws IOException {
        long crc = connection instanceof JarURLConnection jar ? jar.getJarEntry().getCrc() : 0;
        return Long.toHexString(size) + "-" + Long.toHexString(crc);
    }
}
