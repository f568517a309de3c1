package dev.mneme.actors.memory;

import dev.mneme.persistence.event.ModelRef;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.SummaryLayout;
import dev.mneme.store.BlockKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Content addresses of blocks. A key is the first 128 bits of a SHA-256 over everything that decides the block's bits:
 * the model, the layout, the policy, format and numerics version in force, the key of the block before, the 64 ids, and
 * the pin edits that take effect inside the block. The tenant's secret is part of it, so that equal text of two tenants
 * never meets.
 *
 * <p>Immutable and thread-safe.
 */
public final class BlockKeys {
    /** The key "before the first block". */
    public static final BlockKey ORIGIN = new BlockKey(0, 0);

    private static final int BLOCK = KvLayout.BLOCK;
    /** Stands where blocks have the number of their layer group. */
    private static final int SUMMARIES = -SummaryLayout.VERSION;

    private final MemoryTimeline timeline;
    private final Map<MemoryEra, byte[]> identities = new HashMap<>();

    private BlockKeys(MemoryTimeline timeline, byte[] tenantSecret) {
        this.timeline = timeline;
        timeline.eras().forEach(era -> identities.put(era, identity(timeline.facts().model(), era, tenantSecret)));
    }

    /** The keys of a session of one tenant that remembers thus. */
    public static BlockKeys of(MemoryTimeline timeline, byte[] tenantSecret) {
        return new BlockKeys(timeline, tenantSecret);
    }

    private static byte[] identity(ModelRef model, MemoryEra era, byte[] tenantSecret) {
        MessageDigest digest = sha256();
        text(digest, "mneme block key 1");
        digest.update(tenantSecret);
        text(digest, model.sha256());
        text(digest, era.formatText());
        text(digest, era.policyText());
        digest.update(ByteBuffer.allocate(8).putInt(era.numerics()).putInt(BLOCK).flip());
        return digest.digest();
    }

    /** The key of {@code block}, which holds {@code ids[from … from + 63]} and comes after {@code previous}. */
    public BlockKey next(int block, BlockKey previous, int[] ids, int from) {
        ByteBuffer body = ByteBuffer.allocate(16 + BLOCK * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        body.putLong(previous.high()).putLong(previous.low());
        for (int i = 0; i < BLOCK; i++) {
            body.putInt(ids[from + i]);
        }
        MessageDigest digest = sha256();
        digest.update(identity(block));
        digest.update(body.array());
        pins(digest, block * BLOCK, (block + 1) * BLOCK);
        return truncated(digest.digest());
    }

    /**
     * What the first rows of an unfinished block depend on beside their ids: rows kept under one such key are good under
     * an equal one.
     *
     * @param previous the key of the block before
     * @param end one past the last row's position
     */
    public BlockKey rows(int block, BlockKey previous, int end) {
        MessageDigest digest = sha256();
        digest.update(identity(block));
        digest.update(ByteBuffer.allocate(16).putLong(previous.high()).putLong(previous.low()).flip());
        pins(digest, block * BLOCK, end);
        return truncated(digest.digest());
    }

    private byte[] identity(int block) {
        return Objects.requireNonNull(identities.get(timeline.era(block)));
    }

    private void pins(MessageDigest digest, int from, int to) {
        List<PinChange> changes = timeline.pinChanges(from, to);
        for (PinChange change : changes) {
            digest.update(ByteBuffer.allocate(16)
                    .putInt(change.position() - from)
                    .putInt(change.pinned() ? 1 : 0)
                    .putInt(change.from())
                    .putInt(change.to())
                    .flip());
        }
    }

    /** The key under which the store keeps one layer group of a block. */
    public static BlockKey ofGroup(BlockKey block, int group) {
        ByteBuffer body = ByteBuffer.allocate(20);
        body.putLong(block.high()).putLong(block.low()).putInt(group);
        return truncated(sha256().digest(body.array()));
    }

    /** The key under which the store keeps the summaries of the chunk that ends with a block. */
    static BlockKey ofSummaries(BlockKey lastBlock) {
        return ofGroup(lastBlock, SUMMARIES);
    }

    private static BlockKey truncated(byte[] hash) {
        ByteBuffer bytes = ByteBuffer.wrap(hash);
        return new BlockKey(bytes.getLong(), bytes.getLong());
    }

    private static void text(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
