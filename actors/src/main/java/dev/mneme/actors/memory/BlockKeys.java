package dev.mneme.actors.memory;

import dev.mneme.persistence.event.SessionFacts;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.store.BlockKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Content addresses of blocks. A key is the first 128 bits of a SHA-256 over everything that decides the block's bits:
 * the model, the layout, the policy, format and numerics version in force, the key of the block before, and the 64 ids.
 * The tenant's secret is part of it, so that equal text of two tenants never meets.
 *
 * <p>Immutable and thread-safe.
 */
public final class BlockKeys {
    /** The key "before the first block". */
    public static final BlockKey ORIGIN = new BlockKey(0, 0);

    private final byte[] identity;

    private BlockKeys(byte[] identity) {
        this.identity = identity;
    }

    /** The keys of sessions of one tenant with these facts. */
    public static BlockKeys of(SessionFacts facts, byte[] tenantSecret) {
        MessageDigest digest = sha256();
        text(digest, "mneme block key 1");
        digest.update(tenantSecret);
        text(digest, facts.model().sha256());
        text(digest, facts.kvFormat());
        text(digest, facts.policy());
        digest.update(ByteBuffer.allocate(8).putInt(facts.numericsVersion()).putInt(KvLayout.BLOCK).flip());
        return new BlockKeys(digest.digest());
    }

    /** The key of the block after {@code previous} that holds {@code ids[from … from + 63]}. */
    public BlockKey next(BlockKey previous, int[] ids, int from) {
        ByteBuffer body = ByteBuffer.allocate(16 + KvLayout.BLOCK * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        body.putLong(previous.high()).putLong(previous.low());
        for (int i = 0; i < KvLayout.BLOCK; i++) {
            body.putInt(ids[from + i]);
        }
        MessageDigest digest = sha256();
        digest.update(identity);
        return truncated(digest.digest(body.array()));
    }

    /** The key under which the store keeps one layer group of a block. */
    public static BlockKey ofGroup(BlockKey block, int group) {
        ByteBuffer body = ByteBuffer.allocate(20);
        body.putLong(block.high()).putLong(block.low()).putInt(group);
        return truncated(sha256().digest(body.array()));
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
