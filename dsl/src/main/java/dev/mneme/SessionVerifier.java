package dev.mneme;

import dev.mneme.Finding.Kind;
import dev.mneme.actors.memory.BlockKeys;
import dev.mneme.actors.memory.MemorySpace;
import dev.mneme.actors.model.LoadedModel;
import dev.mneme.actors.session.SessionServices;
import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.persistence.index.BlockEntry;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.SessionEntry;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.store.BlockKey;
import dev.mneme.store.LeaseResult;
import dev.mneme.store.Tail;
import dev.mneme.store.TailResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Holds one session's blocks, index and tail against the tokens of its journal. */
final class SessionVerifier {
    /** The first branch of a session: one that was never rewound. */
    private static final long NEVER_REWOUND = 1;

    private final SessionServices services;
    private final SessionEntry entry;
    private final List<Finding> findings;

    SessionVerifier(SessionServices services, SessionEntry entry, List<Finding> findings) {
        this.services = services;
        this.entry = entry;
        this.findings = findings;
    }

    static String where(SessionServices services, SessionEntry entry) {
        return "tenant " + services.tenant().name() + ", session '" + entry.origin().name() + "'";
    }

    void verify() {
        int position = entry.head().position();
        BranchId branch = new BranchId(entry.sessionId(), entry.head().branch());
        int[] ids = services.index().tokens(branch, 0, position);
        if (entry.head().turnOpen()) {
            add(Kind.LEFTOVER, "turn " + entry.head().turns() + " was cut off; 'mneme continue' finishes it");
        }
        List<BlockKey> chain = chain(ids);
        List<BlockEntry> indexed = indexed(branch, chain);
        blocks(chain, indexed);
        tail(chain, ids);
    }

    private List<BlockKey> chain(int[] ids) {
        BlockKeys keys = services.tenant().keys(entry.origin().facts());
        List<BlockKey> chain = new ArrayList<>();
        for (int from = 0; from + KvLayout.BLOCK <= ids.length; from += KvLayout.BLOCK) {
            chain.add(keys.next(chain.isEmpty() ? BlockKeys.ORIGIN : chain.getLast(), ids, from));
        }
        return chain;
    }

    private List<BlockEntry> indexed(BranchId branch, List<BlockKey> chain) {
        List<BlockEntry> right = new ArrayList<>();
        for (BlockEntry block : services.index().blocks(branch, 0, chain.size())) {
            if (chain.get(block.block()).equals(new BlockKey(block.keyHigh(), block.keyLow()))) {
                right.add(block);
            } else {
                add(Kind.DAMAGE, "block " + block.block() + " has another key in the index than its tokens give;"
                        + " it is computed again when it is needed");
            }
        }
        return right;
    }

    private void blocks(List<BlockKey> chain, List<BlockEntry> indexed) {
        if (chain.isEmpty()) {
            return;
        }
        SessionFacts facts = entry.origin().facts();
        LoadedModel model;
        try {
            model = services.models().acquire(facts.model().name(), facts.model().sha256());
        } catch (RuntimeException notHere) {
            add(Kind.LEFTOVER, "its blocks could not be held against its journal: " + notHere.getMessage());
            return;
        }
        try {
            blocks(services.tenant().space(facts, model.language()), chain, indexed);
        } finally {
            model.release();
        }
    }

    private void blocks(MemorySpace space, List<BlockKey> chain, List<BlockEntry> indexed) {
        Long[][] expected = new Long[chain.size()][];
        indexed.forEach(block -> expected[block.block()] = block.checksums().toArray(Long[]::new));
        int missing = 0;
        for (int block = 0; block < chain.size(); block++) {
            boolean whole = true;
            for (int group = 0; group < space.shapes().size(); group++) {
                BlockKey key = BlockKeys.ofGroup(chain.get(block), group);
                switch (space.blocks().lease(key, space.shapes().get(group))) {
                    case LeaseResult.Leased(var lease) -> {
                        if (expected[block] != null && expected[block][group] != lease.checksum()) {
                            add(Kind.DAMAGE, "block " + block + " is not the one that was sealed: its checksum differs"
                                    + " from the index");
                        }
                        lease.close();
                    }
                    case LeaseResult.Missing() -> whole = false;
                    case LeaseResult.Damaged damaged -> {
                        // The report of the store names it.
                    }
                }
            }
            missing += whole ? 0 : 1;
        }
        if (missing > 0) {
            add(Kind.LEFTOVER, missing + " of " + chain.size()
                    + " blocks are not in the store; they are computed again when they are needed");
        }
    }

    private void tail(List<BlockKey> chain, int[] ids) {
        int[] line = Arrays.copyOfRange(ids, chain.size() * KvLayout.BLOCK, ids.length);
        switch (services.tenant().tails().read(entry.sessionId())) {
            case TailResult.Found(Tail tail) -> found(tail, chain, line, ids.length);
            case TailResult.Missing() -> {
                if (line.length > 1) {
                    add(Kind.LEFTOVER, "the last " + line.length + " tokens have no tail; they are computed again at"
                            + " the next turn");
                }
            }
            case TailResult.Damaged damaged -> {
                // Named with the other tails.
            }
        }
    }

    private void found(Tail tail, List<BlockKey> chain, int[] line, int position) {
        int end = tail.firstPosition() + tail.ids().length;
        if (end > position && entry.head().branch() == NEVER_REWOUND) {
            add(Kind.LOSS, "the journal ends at token " + position + ", but its tail goes on to " + end
                    + ": the end of the journal was cut off");
            return;
        }
        BlockKey last = chain.isEmpty() ? BlockKeys.ORIGIN : chain.getLast();
        int same = Arrays.mismatch(tail.ids(), line);
        boolean ofThisLine = tail.firstPosition() == chain.size() * KvLayout.BLOCK
                && tail.previous().equals(last)
                && (same < 0 || same == Math.min(tail.ids().length, line.length));
        if (!ofThisLine) {
            add(Kind.LEFTOVER, "its tail is of an earlier state and is dropped at the next turn");
        }
    }

    private void add(Kind kind, String what) {
        findings.add(new Finding(kind, where(services, entry), what));
    }
}
