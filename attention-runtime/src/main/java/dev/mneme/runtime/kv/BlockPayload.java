package dev.mneme.runtime.kv;

import java.lang.foreign.MemorySegment;

/**
 * What a block holds for one layer group.
 *
 * @param layout how its bytes lie
 * @param bytes  native memory at a multiple of 64, at least {@link KvLayout#groupBytes} long
 */
public record BlockPayload(KvLayout layout, MemorySegment bytes) {}
