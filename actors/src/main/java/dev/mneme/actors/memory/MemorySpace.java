package dev.mneme.actors.memory;

import dev.mneme.persistence.index.SessionIndex;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.kv.SummaryLayout;
import dev.mneme.store.BlockShape;
import dev.mneme.store.BlockStore;
import dev.mneme.store.TailStore;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Where the sessions of one tenant with one model keep their blocks, whatever the format of each. Thread-safe, as its
 * parts are.
 *
 * @param forms the blocks of each KV format
 * @param windows which of their layer groups are trimmed
 * @param summaries the bytes of a chunk of summaries
 * @param summaryShape the store's view of it: one section a layer
 * @param chunks chunks of summaries that are being written
 * @param blocks sealed blocks
 * @param tails unfinished blocks of sessions at rest
 * @param index where each session's blocks are noted
 */
public record MemorySpace(
        Map<KvFormat, BlockForm> forms,
        NativeWindows windows,
        SummaryLayout summaries,
        BlockShape summaryShape,
        BlockBuffers chunks,
        BlockStore blocks,
        TailStore tails,
        SessionIndex index) {
    /** The space of a model in a tenant's stores; its layout may be that of any format. */
    public static MemorySpace of(KvLayout layout, BlockStore blocks, TailStore tails, SessionIndex index) {
        Map<KvFormat, BlockForm> forms = new EnumMap<>(KvFormat.class);
        for (KvFormat format : KvFormat.values()) {
            forms.put(format, BlockForm.of(layout.in(format)));
        }
        SummaryLayout summaries = SummaryLayout.of(layout);
        BlockShape summaryShape = new BlockShape(summaries.layers(), Math.toIntExact(summaries.layerBytes()));
        return new MemorySpace(
                forms,
                NativeWindows.of(layout),
                summaries,
                summaryShape,
                BlockBuffers.ofChunks(summaries),
                blocks,
                tails,
                index);
    }

    /** The blocks of a format. */
    BlockForm form(KvFormat format) {
        return Objects.requireNonNull(forms.get(format));
    }

    /** How many payloads a block has: one a layer group. */
    public int groups() {
        return form(KvFormat.F16).shapes().size();
    }
}
