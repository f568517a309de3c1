package dev.mneme.actors.memory;

import dev.mneme.errors.SessionFailed;
import dev.mneme.persistence.index.BlockEntry;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.PlanFrame;
import dev.mneme.runtime.kv.BlockName;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.RetrievalMemory;
import dev.mneme.runtime.numerics.Numerics;
import dev.mneme.store.BlockKey;
import dev.mneme.store.BlockLease;
import dev.mneme.store.BlockStore;
import dev.mneme.store.Tail;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One session's keys and values during one turn. Sealed blocks are leased from the store, at the latest when a step asks
 * for them; blocks being written are buffers of our own; a block that fills up is handed to the store and leased back
 * when it is there. What layers with a native window have of a block is leased apart, and given up when they have passed
 * it: the store may trim it then.
 *
 * <p>Made by {@link MemoryOpening} off the engine, used by the engine thread for the turn, then {@link #rest put to rest}
 * off the engine again: one thread at a time, handed over through queues.
 */
public final class SessionMemory implements StepMemory, AutoCloseable {
    /** Full blocks that may wait for the store before the engine waits for it. */
    private static final int MAX_SEALING = 32;

    private final String session;
    private final MemorySpace space;
    private final BranchId branch;
    private final int window;
    private final MemoryTimeline timeline;
    private final BlockKeys keys;
    private final BlockChain chain;
    private final SessionSummaries summaries;
    private final LineChoices choices;
    /** What is kept for good of the blocks. */
    private final BlockLeases kept;
    /** What layers with a native window have of them, as far as a step sees it. */
    private final BlockLeases windows;
    /** Blocks that steps asked for since the last one began. */
    private final Set<Integer> asked = new HashSet<>();
    private final Map<Integer, OpenBlock> open = new HashMap<>();
    private final Map<Integer, Sealing> sealing = new TreeMap<>();
    private final List<BlockEntry> unnoted = new ArrayList<>();
    private final Set<String> lost = new TreeSet<>();
    private ChainTip tip;
    /** How many tokens are in the journal; set by the session's actor while the engine thread reads it. */
    private volatile int durable;
    /** One past the last position written in this turn; 0 before the first. */
    private int computed;
    /** One past the position that was written last, at the end of the line or in its middle. */
    private int at;

    SessionMemory(
            String session,
            MemorySpace space,
            BranchId branch,
            MemoryTimeline timeline,
            BlockKeys keys,
            ChainTip tip,
            int window) {
        this.window = window;
        this.session = session;
        this.space = space;
        this.branch = branch;
        this.timeline = timeline;
        this.keys = keys;
        this.chain = new BlockChain(session, space.index(), branch, keys, tip);
        this.kept = leases(false, "missing");
        this.windows = leases(true, "trimmed");
        this.summaries = new SessionSummaries(this, space, chain);
        this.choices = new LineChoices(space, timeline, summaries);
        this.tip = tip;
        this.durable = tip.position();
    }

    private BlockLeases leases(boolean ofWindows, String missing) {
        List<Integer> groups = IntStream.range(0, space.groups())
                .filter(group -> space.windows().has(group) == ofWindows)
                .boxed()
                .toList();
        return new BlockLeases(space, timeline, chain, groups, missing);
    }

    @Override
    public KvLayout layout() {
        return space.form(timeline.latestFormat()).layout();
    }

    @Override
    public KvFormat format(int block) {
        return timeline.formatAt(block);
    }

    /** Its key: that is made of everything that decides its bits. */
    @Override
    public Optional<BlockName> name(int block) {
        BlockKey key = chain.key(block);
        return Optional.of(new BlockName(key.high(), key.low()));
    }

    /**
     * {@inheritDoc}
     *
     * @throws BlockLost if it has to be computed again first
     */
    @Override
    public MemorySegment sealed(int block, int group) {
        asked.add(block);
        BlockLeases leases = space.windows().has(group) ? windows : kept;
        MemorySegment leased = leases.get(block, group);
        if (leased != null) {
            return leased;
        }
        if (isOurs(block)) {
            return opened(block).sealed()[group];
        }
        String problem = leases.lease(block);
        if (problem != null) {
            throw new BlockLost(this, block, problem);
        }
        return Objects.requireNonNull(leases.get(block, group));
    }

    /** Whether a block is in buffers of our own as it is kept. */
    private boolean isOurs(int block) {
        OpenBlock own = open.get(block);
        return own != null && own.isSealed();
    }

    @Override
    public void expect(List<Integer> blocks) {
        List<Integer> missing = blocks.stream()
                .filter(block -> !kept.holds(block) && !open.containsKey(block))
                .toList();
        if (missing.size() > 1) {
            kept.lease(missing); // what is wrong with one is found again, and said, when it is asked for
        }
    }

    @Override
    public MemorySegment open(int block, int group) {
        return opened(block).written()[group];
    }

    @Override
    public MemorySegment sealing(int block, int group) {
        return opened(block).sealed()[group];
    }

    private OpenBlock opened(int block) {
        return open.computeIfAbsent(block, _ -> new OpenBlock(space, format(block)));
    }

    @Override
    public Optional<RetrievalMemory> retrieval() {
        return Optional.of(choices);
    }

    SessionSummaries summaries() {
        return summaries;
    }

    /** How the session attends at a position. */
    public MemoryPolicy policyAt(int position) {
        return timeline.policyAt(position);
    }

    /** Blocks in the plan of a position. */
    public int planBlocks(int position) {
        return timeline.sparseAt(position, window)
                .map(sparse -> PlanFrame.of(sparse, position).size())
                .orElse(position / KvLayout.BLOCK + 1);
    }

    /** The first position after this one that may have another policy: a run ends there. */
    public int nextChange(int position) {
        return timeline.nextChange(position);
    }

    @Override
    public void beginStep() {
        giveUpUnasked();
        choices.save();
    }

    /**
     * Gives up what the last step did not ask for. Past the window other blocks are retrieved all the time, and a turn would
     * come to hold all of a long session.
     */
    private void giveUpUnasked() {
        if (!asked.isEmpty()) {
            kept.releaseUnless(asked::contains);
            asked.clear();
        }
    }

    @Override
    public void undoStep() {
        choices.restoreSaved();
    }

    @Override
    public long coldNanos() {
        return kept.coldNanos() + windows.coldNanos() + summaries.coldNanos();
    }

    /**
     * What has to be computed before a lost block is there again: it and the lost blocks right before it, and of native
     * windows the blocks after it that a step sees too. More may turn out to be lost on the way.
     */
    public List<Detour> detour(BlockLost lostBlock) {
        lost.add(lostBlock.problem());
        int first = lostBlock.block();
        int end = isThere(first) ? windowsEnd(first) : first + 1;
        while (first > 0 && !isThere(first - 1)) {
            first--;
        }
        return detours(first, end, end * KvLayout.BLOCK);
    }

    /** One past the last block whose windows are missing, of those that are seen together with this one. */
    private int windowsEnd(int block) {
        int last = block;
        for (int next = block + 1; next < Math.min(tip.blocks(), block + space.windows().blocks() + 1); next++) {
            if (isThere(next) && !hasWindows(next)) {
                last = next;
            }
        }
        return last + 1;
    }

    /** Detours for the blocks {@code [first, end)}; tokens from {@code computedOnce} on are new. */
    List<Detour> detours(int first, int end, int computedOnce) {
        int to = end * KvLayout.BLOCK;
        OptionalInt start = exactStart(first);
        if (start.isPresent()) {
            return Detour.of(Beside.of(this), spans(start.getAsInt() * KvLayout.BLOCK, to, computedOnce));
        }
        int wanted = first * KvLayout.BLOCK;
        StepMemory memory = new WarmUp(this, space, first, end);
        int from = (first - space.windows().warmUp()) * KvLayout.BLOCK;
        return Stream.concat(
                        Detour.byBlock(memory, spans(from, wanted, computedOnce)).stream(),
                        Detour.of(memory, spans(wanted, to, computedOnce)).stream())
                .toList();
    }

    /** The last block up to this one that has all windows before it, if that is no farther back than a warm-up starts. */
    private OptionalInt exactStart(int first) {
        int seen = space.windows().blocks();
        return IntStream.iterate(first, start -> start >= Math.max(0, first - space.windows().warmUp()), start -> start - 1)
                .filter(start -> IntStream.range(Math.max(0, start - seen), start).allMatch(this::hasWindows))
                .findFirst();
    }

    /** Tokens of the line to compute; those from {@code computedOnce} on are new. */
    List<ComputeSpan> spans(int from, int to, int computedOnce) {
        int cut = Math.clamp(computedOnce, from, to);
        List<ComputeSpan> spans = new ArrayList<>();
        if (from < cut) {
            spans.add(new ComputeSpan(from, space.index().tokens(branch, from, cut), ComputeSpan.Kind.REBUILD));
        }
        if (cut < to) {
            spans.add(new ComputeSpan(cut, space.index().tokens(branch, cut, to), ComputeSpan.Kind.NEW));
        }
        return List.copyOf(spans);
    }

    /** Whether what is kept for good of a block is there. */
    boolean isThere(int block) {
        return isOurs(block) || kept.lease(block) == null;
    }

    private boolean hasWindows(int block) {
        return isOurs(block) || windows.lease(block) == null;
    }

    /** What was wrong with blocks that steps asked for in vain, each problem once. */
    public Set<String> lost() {
        return lost;
    }

    /**
     * Bytes of the blocks in the plan of a position; where formats are mixed, as if it had its share of each.
     *
     * @param planned how many they are
     */
    public long planBytes(int position, long planned) {
        int all = position / KvLayout.BLOCK + 1;
        return planned * timeline.blockBytes(all, format -> space.form(format).blockBytes()) / all;
    }

    /** Adds a sampled token to the token line, so that its block has a key when it fills. */
    public void extend(int token) {
        ChainTip next = tip.append(keys, new int[] {token});
        if (next.blocks() > tip.blocks()) {
            chain.add(next.last());
        }
        tip = next;
    }

    /**
     * Notes that keys and values of positions {@code [from, to)} at the end of the line were written, seals the blocks
     * that they fill, and takes back what the store has finished.
     */
    @Override
    public void written(int from, int to) {
        computed = to;
        fill(from, to);
        settle(sealing.size() > MAX_SEALING);
    }

    /** Notes the same of positions in the middle of the line. */
    void rebuilt(int from, int to) {
        fill(from, to);
        settle(true); // the way to the next lost block may lead over this one, which is written anew then
    }

    private void fill(int from, int to) {
        for (int block = from / KvLayout.BLOCK; (block + 1) * KvLayout.BLOCK <= to; block++) {
            seal(block);
            if (timeline.policyAt(block * KvLayout.BLOCK) instanceof MemoryPolicy.Sparse) {
                summaries.written(block);
            }
        }
        at = to;
    }

    private void seal(int block) {
        OpenBlock full = open.get(block);
        if (full == null || !full.isSealed()) {
            throw new IllegalStateException("block " + block + " of session '" + session + "' was never filled");
        }
        chain.checksums(block).ifPresent(expected -> verifyRebuilt(block, full, expected));
        sealing.put(block, Sealing.begin(space.blocks(), chain.key(block), full));
    }

    private void verifyRebuilt(int block, OpenBlock full, List<Long> expected) {
        List<Long> rebuilt = IntStream.range(0, space.groups())
                .mapToObj(group -> BlockStore.checksum(
                        full.sealed()[group], full.form().shapes().get(group)))
                .toList();
        if (!rebuilt.subList(0, Math.min(expected.size(), rebuilt.size())).equals(expected)) {
            throw new SessionFailed(
                    session,
                    "block %d was rebuilt from the journal and differs from what was sealed (%s, was %s); %s"
                            .formatted(block, rebuilt, expected, whatNow(block)),
                    null);
        }
    }

    private String whatNow(int block) {
        int computedIn = timeline.numericsAt(block);
        return computedIn == Numerics.VERSION
                ? "run `mneme verify`"
                : "it was computed in numerics version %d, and this Mneme computes in version %d: rewind to a turn before token %d"
                        .formatted(computedIn, Numerics.VERSION, block * KvLayout.BLOCK);
    }

    private void settle(boolean wait) {
        for (Iterator<Map.Entry<Integer, Sealing>> each = sealing.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Integer, Sealing> entry = each.next();
            Sealing seal = entry.getValue();
            if (!wait && !seal.isDone()) {
                continue;
            }
            int block = entry.getKey();
            List<BlockLease> stored = seal.leases(session);
            BlockKey key = chain.key(block);
            seal.event().sealed(session, block, chain.checksums(block).isPresent());
            unnoted.add(new BlockEntry(
                    block,
                    key.high(),
                    key.low(),
                    stored.stream().map(BlockLease::checksum).toList()));
            each.remove();
            kept.take(block, stored);
            windows.take(block, stored);
            Objects.requireNonNull(open.remove(block)).release();
        }
        int firstSeen = space.windows().firstSeen(at);
        windows.releaseUnless(block -> block >= firstSeen);
        note();
    }

    /**
     * Notes stored blocks in the index, those only whose tokens are in the journal: the engine runs ahead of it, and a
     * note beyond the journal's end would say that the journal was cut.
     */
    private void note() {
        List<BlockEntry> due = unnoted.stream()
                .filter(entry -> (entry.block() + 1) * KvLayout.BLOCK <= durable)
                .toList();
        if (!due.isEmpty()) {
            space.index().putBlocks(branch, due);
            unnoted.removeAll(due);
        }
    }

    /** Says that the first {@code position} tokens are in the journal. From the session's actor. */
    public void durable(int position) {
        durable = position;
    }

    /** The key of the block before this one. */
    BlockKey keyBefore(int block) {
        return chain.key(block - 1);
    }

    /** Leases what is kept for good of some blocks; those that are not there, and why. */
    Map<Integer, String> lease(List<Integer> blocks) {
        return kept.lease(blocks);
    }

    /** Leases what a token at this position sees in layers with a native window, as far as it is there. */
    void leaseWindows(int position) {
        windows.lease(IntStream.range(space.windows().firstSeen(position), position / KvLayout.BLOCK)
                .filter(block -> !open.containsKey(block))
                .boxed()
                .toList());
    }

    /**
     * Has leased blocks that the index does not know noted as well: another session sealed them, or a branch that was left.
     * What was trimmed of one is left out.
     */
    void noteFound(List<Integer> blocks) {
        List<Integer> found = blocks.stream()
                .filter(block -> kept.holds(block) && chain.checksums(block).isEmpty())
                .toList();
        Map<Integer, String> unused = windows.lease(found);
        for (int block : found) {
            BlockKey key = chain.key(block);
            List<Long> checksums = new ArrayList<>(kept.checksums(block));
            checksums.addAll(windows.checksums(block));
            unnoted.add(new BlockEntry(block, key.high(), key.low(), checksums));
        }
    }

    /**
     * Gives a full block up, so that its last rows can be computed again in an open one. Answers whether that one has all its
     * rows: not of a block that is kept in other bytes than were written, or whose windows were trimmed.
     */
    boolean reopen(int block) {
        boolean hasRows = !format(block).isQuantized() && hasWindows(block);
        if (hasRows) {
            for (int group = 0; group < space.groups(); group++) {
                MemorySegment.copy(sealed(block, group), 0, open(block, group), 0, open(block, group).byteSize());
            }
        }
        kept.release(block);
        windows.release(block);
        return hasRows;
    }

    /**
     * Ends the turn's use: waits until the full blocks are in the store, keeps the unfinished block as the session's
     * tail, gives up leases and buffers. Blocks; call it off the engine.
     */
    public void rest() {
        try (this) {
            settle(true);
            keepTail();
        }
    }

    /** Gives up leases and buffers and keeps nothing more. */
    @Override
    public void close() {
        kept.close();
        windows.close();
        summaries.close();
        // A buffer that the store may still be reading is not written again: it is left to the garbage collector.
        sealing.forEach((block, seal) -> {
            open.remove(block);
            seal.abandon();
        });
        sealing.clear();
        open.values().forEach(OpenBlock::release);
        open.clear();
    }

    private void keepTail() {
        int block = computed / KvLayout.BLOCK;
        int rows = computed % KvLayout.BLOCK;
        List<MemorySegment> retrieval = computed == 0 ? List.of() : choices.toKeep(computed);
        OpenBlock unfinished = open.get(block);
        if ((rows == 0 || unfinished == null) && retrieval.isEmpty()) {
            return;
        }
        List<MemorySegment> kept = new ArrayList<>();
        if (rows > 0 && unfinished != null) {
            kept.addAll(List.of(unfinished.written()));
        }
        kept.addAll(retrieval);
        int start = block * KvLayout.BLOCK;
        int[] ids = space.index().tokens(branch, start, computed);
        space.tails().write(branch.sessionId(), new Tail(rowsKey(block, computed), start, ids, kept));
    }

    /** What the first rows of an unfinished block depend on beside their ids. */
    BlockKey rowsKey(int block, int end) {
        return keys.rows(block, keyBefore(block), end);
    }

    LineChoices choices() {
        return choices;
    }
}
