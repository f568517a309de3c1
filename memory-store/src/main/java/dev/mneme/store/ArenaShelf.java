package dev.mneme.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All arenas of a store: finds them when the store opens, and makes room for blocks within the budgets. A folder
 * {@code <sections>x<sectionBytes>} holds the arenas of one shape, numbered; {@code w<window>} is added to its name if the
 * shape has a window. But for reading lists and sizes, it belongs to the store thread.
 *
 * <p>Blocks that all sessions have passed by go first, when the blocks with a window outgrow their own budget or all
 * blocks that of the disk. Which those are costs reading, so several go at once.
 */
final class ArenaShelf {
    private static final Logger LOG = LoggerFactory.getLogger(ArenaShelf.class);
    /** A smaller arena would not show Chronicle's stride, see {@link ArenaFile#create}. */
    private static final int LEAST_SLOTS = 2;
    /** The part of an arena that goes at once of what was passed by. */
    private static final int PASSED_AT_ONCE = 8;
    private static final Pattern WINDOW = Pattern.compile("w(\\d{1,9})$");

    private final Path directory;
    private final StoreOptions options;
    private final LastWindows lastWindows;
    private final BlockIndex index;
    private final List<ArenaFile> arenas = new CopyOnWriteArrayList<>();
    private final List<String> findings = new CopyOnWriteArrayList<>();
    private int lastNumber;

    ArenaShelf(Path directory, StoreOptions options, LastWindows lastWindows, BlockIndex index) {
        this.directory = directory;
        this.options = options;
        this.lastWindows = lastWindows;
        this.index = index;
    }

    List<ArenaFile> arenas() {
        return arenas;
    }

    /** What was found wrong with whole arena files. */
    List<String> findings() {
        return findings;
    }

    long bytes() {
        return arenas.stream().mapToLong(arena -> arena.layout().fileBytes()).sum();
    }

    private long windowBytes() {
        return arenas.stream()
                .filter(arena -> arena.layout().shape().hasWindow())
                .mapToLong(arena -> arena.layout().fileBytes())
                .sum();
    }

    /** Finds the arenas of earlier processes and fills the index, coldest block first. */
    void load() throws IOException {
        List<BlockEntry> found = new ArrayList<>();
        for (Path file : arenaFiles()) {
            lastNumber = Math.max(lastNumber, number(file));
            ArenaLayout layout = ArenaLayout.read(ArenaFile.layoutFile(file), window(file));
            if (layout == null) {
                if (Files.exists(ArenaFile.layoutFile(file))) {
                    // Its blocks cannot be told apart any more.
                    finding(file, "has no readable layout and was dropped");
                }
                // Else its creator was killed before the first block: the layout is written last.
                discard(file);
            } else if (!Files.exists(file)) {
                finding(file, "is missing");
                discard(file);
            } else {
                found.addAll(load(file, layout));
            }
        }
        found.sort(Comparator.comparingLong(entry -> entry.lastUse));
        found.forEach(index::add);
        Map<ArenaFile, Integer> occupied = new HashMap<>();
        index.all().forEach(entry -> occupied.merge(entry.arena, 1, Integer::sum));
        arenas.forEach(arena -> arena.loaded(occupied.getOrDefault(arena, 0)));
    }

    private List<Path> arenaFiles() throws IOException {
        try (Stream<Path> files = Files.walk(directory, 2)) {
            return files
                    .filter(file -> file.getNameCount() == directory.getNameCount() + 2)
                    .map(ArenaShelf::arenaOf)
                    .filter(file -> number(file) > 0)
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    private static Path arenaOf(Path file) {
        String name = file.getFileName().toString();
        int dot = name.indexOf('.');
        return file.resolveSibling((dot < 0 ? name : name.substring(0, dot)) + ArenaFile.SUFFIX);
    }

    private static int number(Path arenaFile) {
        String name = arenaFile.getFileName().toString();
        String digits = name.substring(0, name.length() - ArenaFile.SUFFIX.length());
        return digits.matches("\\d{6,9}") ? Integer.parseInt(digits) : 0;
    }

    /** The window of the shape whose folder an arena is in. */
    private static int window(Path arenaFile) {
        Matcher window = WINDOW.matcher(arenaFile.resolveSibling(".").normalize().getFileName().toString());
        return window.find() ? Integer.parseInt(window.group(1)) : 0;
    }

    private static String folder(BlockShape shape) {
        String name = shape.sections() + "x" + shape.sectionBytes();
        return shape.hasWindow() ? name + "w" + shape.window() : name;
    }

    private static void discard(Path file) throws IOException {
        Files.deleteIfExists(ArenaFile.layoutFile(file));
        Files.deleteIfExists(ArenaFile.markerFile(file));
        Files.deleteIfExists(file);
    }

    private void finding(Path file, String what) {
        findings.add(file + " " + what);
        LOG.warn("{} {}", file, what);
    }

    private List<BlockEntry> load(Path file, ArenaLayout layout) throws IOException {
        boolean whole = Files.size(file) >= layout.fileBytes();
        if (!whole) {
            finding(file, "was cut to " + Files.size(file) + " bytes");
            Preallocation.extend(file, layout.fileBytes());
        }
        CleanMarker marker = CleanMarker.read(ArenaFile.markerFile(file));
        ArenaFile arena = ArenaFile.load(file, layout, marker != null && whole);
        if (marker != null && whole) {
            if (marker.directoryChecksum() == arena.bytes().directoryChecksum() && marker.fits(layout)) {
                arenas.add(arena);
                return marker.blocks().stream()
                        .map(block -> new BlockEntry(block.key(), arena, block.slot(), block.lastUse()))
                        .toList();
            }
            finding(file, "was changed after it was closed");
        }
        arena.distrust();
        arenas.add(arena);
        index.lookedThrough(arena);
        return scan(arena);
    }

    /** Finds the blocks of an arena whose writer died by their headers. */
    private List<BlockEntry> scan(ArenaFile arena) {
        List<BlockEntry> found = new ArrayList<>();
        for (int slot = 0; slot < arena.layout().slots(); slot++) {
            switch (arena.bytes().header(slot)) {
                case BlockHeader.Reading.Empty _ -> {
                }
                case BlockHeader.Reading.Whole(BlockHeader header) ->
                        found.add(new BlockEntry(header.key(), arena, slot, header.tick()));
                case BlockHeader.Reading.Broken(String reason) -> finding(arena.file(), "slot " + slot + ": " + reason);
                case BlockHeader.Reading.Newer(int version) ->
                        throw new StoreException.NewerFormat(arena.file(), version, StoreFormat.BLOCK);
            }
        }
        return found;
    }

    /** An arena of the shape with a free slot, open for writing, made by eviction if need be. */
    ArenaFile room(BlockShape shape) {
        IOException diskFull = null;
        while (true) {
            ArenaFile arena = withFreeSlot(shape);
            if (arena != null) {
                return arena;
            }
            if (shape.hasWindow() && windowBytes() + newArenaBytes(shape) > options.windowBudgetBytes() && dropPassed(shape)) {
                continue;
            }
            if (bytes() + newArenaBytes(shape) <= options.diskBudgetBytes()) {
                try {
                    arena = create(shape);
                    arenas.add(arena);
                    return arena;
                } catch (IOException e) {
                    diskFull = e;
                }
            }
            if (!makeRoom(shape)) {
                throw full(diskFull);
            }
        }
    }

    private StoreException full(@Nullable IOException diskFull) {
        if (diskFull != null) {
            return new StoreException.Failed("No space for a new arena in " + directory + ", and no block that could go", diskFull);
        }
        return new StoreException.Full("The blocks in " + directory + " have used up their budget of "
                + options.diskBudgetBytes() + " bytes, and all that could make room are being read; raise the disk budget");
    }

    private @Nullable ArenaFile withFreeSlot(BlockShape shape) {
        List<ArenaFile> candidates = arenas.stream()
                .filter(arena -> arena.layout().shape().equals(shape) && arena.hasFreeSlot())
                .sorted(Comparator.comparing(ArenaFile::isOpenForWriting).reversed())
                .toList();
        for (ArenaFile arena : candidates) {
            if (arena.openForWriting(index) && arena.hasFreeSlot()) {
                return arena;
            }
        }
        return null;
    }

    private int slots(BlockShape shape) {
        return (int) Math.max(LEAST_SLOTS, options.arenaBytes() / new BlockLayout(shape).stride());
    }

    /** Without Chronicle's directory, which is small. */
    private long newArenaBytes(BlockShape shape) {
        return (long) slots(shape) * new BlockLayout(shape).stride();
    }

    private ArenaFile create(BlockShape shape) throws IOException {
        Path family = directory.resolve(folder(shape));
        Path file = family.resolve(String.format("%06d", ++lastNumber) + ArenaFile.SUFFIX);
        return ArenaFile.create(file, shape, slots(shape));
    }

    /**
     * Gives up what was passed by, if that helps, else the coldest thing: a whole arena if all in it is colder than the
     * shape's coldest block, else that block.
     */
    private boolean makeRoom(BlockShape shape) {
        return dropPassed(shape)
                || dropArena(arenas, index.coldestUse(shape, any -> true), any -> true)
                || dropColdest(shape, any -> true, 1);
    }

    /** Gives up blocks that all sessions have passed by, if there are any in the way of a block of this shape. */
    private boolean dropPassed(BlockShape shape) {
        List<ArenaFile> withWindow =
                arenas.stream().filter(arena -> arena.layout().shape().hasWindow()).toList();
        if (withWindow.isEmpty()) {
            return false;
        }
        Map<Integer, Predicate<BlockKey>> needed = new HashMap<>();
        withWindow.forEach(arena -> needed.computeIfAbsent(arena.layout().shape().window(), lastWindows::of));
        Predicate<BlockEntry> passed = entry -> {
            Predicate<BlockKey> last = needed.get(entry.shape().window());
            return last != null && !last.test(entry.key);
        };
        long colderThan = shape.hasWindow() ? index.coldestUse(shape, passed) : Long.MAX_VALUE;
        return dropArena(withWindow, colderThan, passed)
                || (shape.hasWindow() && dropColdest(shape, passed, Math.ceilDiv(slots(shape), PASSED_AT_ONCE)));
    }

    private boolean dropArena(List<ArenaFile> candidates, long colderThan, Predicate<BlockEntry> mayGo) {
        List<ArenaFile> coldestFirst = candidates.stream().sorted(Comparator.comparingLong(ArenaFile::lastUse)).toList();
        for (ArenaFile arena : coldestFirst) {
            if (arena.lastUse() >= colderThan) {
                break;
            }
            if (index.takeAll(arena, mayGo)) {
                drop(arena);
                return true;
            }
        }
        return false;
    }

    private boolean dropColdest(BlockShape shape, Predicate<BlockEntry> mayGo, int most) {
        List<BlockEntry> taken = index.takeColdest(shape, mayGo, most);
        taken.forEach(entry -> entry.arena.free(entry, index));
        return !taken.isEmpty();
    }

    private void drop(ArenaFile arena) {
        arenas.remove(arena);
        try {
            arena.delete();
        } catch (IOException e) {
            throw new StoreException.Failed("Could not delete " + arena.file(), e);
        }
    }

    void close() {
        for (ArenaFile arena : arenas) {
            try {
                arena.close(index.inArena(arena));
            } catch (IOException e) {
                LOG.warn("{} was not closed cleanly and will be recovered: {}", arena.file(), e.toString());
            }
        }
    }
}
