package dev.mneme.models;

import dev.mneme.models.PullProgress.Step;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Brings one file from a hub. What has arrived is kept in {@code FILE.VERSION.part} beside the target, where VERSION
 * comes from the hub's entity tag, so that an interrupted pull goes on where it was and never joins two versions of a
 * file. A broken connection is taken up again a few times before the pull gives up.
 */
final class HubDownload {
    private static final int ATTEMPTS = 4;

    private final Hub hub;
    private final FileHashes hashes;

    HubDownload(Hub hub, FileHashes hashes) {
        this.hub = hub;
        this.hashes = hashes;
    }

    void fetch(HubAddress address, Path target, PullListener listener) throws IOException {
        try (HttpClient client = hub.client()) {
            fetch(client, hub.describe(client, address), target, listener);
        }
    }

    private void fetch(HttpClient client, HubFile file, Path target, PullListener listener) throws IOException {
        Path folder = folderOf(target);
        Files.createDirectories(folder);
        Path part = folder.resolve(target.getFileName() + "." + file.version() + ".part");
        dropOtherVersions(target, part);
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock ours = lock(channel, file.address())) {
            if (!file.resumable()) {
                channel.truncate(0);
            }
            receive(client, file, channel, listener);
            channel.force(true);
            Optional<String> promised = file.sha256();
            if (promised.isPresent() && !promised.get().equals(hashes.of(part, listener))) {
                Files.delete(part);
                throw new ModelUnavailable("What " + hub.endpoint() + " gave for " + file.address()
                        + " is not what it promised (SHA-256 differs): pull again.");
            }
            hashes.move(part, target, listener);
        }
    }

    private void receive(HttpClient client, HubFile file, FileChannel channel, PullListener listener) throws IOException {
        IOException broken = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long before = channel.size();
            if (file.bytes() > 0 && before == file.bytes()) {
                return;
            }
            try {
                receiveOnce(client, file, channel, listener);
                return;
            } catch (IOException connectionLost) {
                broken = connectionLost;
                if (channel.size() > before) {
                    attempt = 0;
                }
            }
        }
        throw new ModelUnavailable("The connection broke while fetching " + file.address() + " (" + channel.size()
                + " of " + file.bytes() + " bytes are here): pull again, and it goes on from there.", broken);
    }

    private void receiveOnce(HttpClient client, HubFile file, FileChannel channel, PullListener listener) throws IOException {
        long from = file.bytes() > 0 && channel.size() > file.bytes() ? 0 : channel.size();
        HttpResponse<InputStream> response = hub.open(client, file, from);
        long position = from > 0 && response.statusCode() == 206 ? startOf(response, from) : 0;
        channel.truncate(position).position(position);
        byte[] chunk = new byte[1 << 16];
        try (InputStream in = new StallGuard(response.body(), hub.stall())) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, read);
                while (bytes.hasRemaining()) {
                    position += channel.write(bytes);
                }
                listener.progress(new PullProgress(Step.DOWNLOADING, position, file.bytes()));
            }
        }
        if (file.bytes() > 0 && position != file.bytes()) {
            throw new IOException("the body ended at byte " + position + " of " + file.bytes());
        }
    }

    private static long startOf(HttpResponse<?> response, long asked) throws IOException {
        String range = response.headers().firstValue("Content-Range").orElse("");
        if (!range.startsWith("bytes " + asked + "-")) {
            throw new IOException("asked for bytes from " + asked + ", was answered '" + range + "'");
        }
        return asked;
    }

    private static FileLock lock(FileChannel channel, HubAddress address) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException anotherThread) {
            // The same answer as for another process.
        }
        throw new ModelUnavailable(address + " is being pulled already: wait for that to finish.");
    }

    private static void dropOtherVersions(Path target, Path part) throws IOException {
        String prefix = target.getFileName() + ".";
        List<Path> stale;
        try (Stream<Path> files = Files.list(folderOf(target))) {
            stale = files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .filter(file -> file.toString().endsWith(".part") && !file.equals(part))
                    .toList();
        }
        for (Path file : stale) {
            Files.deleteIfExists(file);
        }
    }

    private static Path folderOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a folder");
    }
}
