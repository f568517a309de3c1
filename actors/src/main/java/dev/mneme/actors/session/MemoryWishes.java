package dev.mneme.actors.session;

import dev.mneme.actors.memory.FormatText;
import dev.mneme.actors.memory.PolicyText;
import dev.mneme.errors.MemoryRefused;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicyException;
import dev.mneme.runtime.kv.KvFormat;
import java.util.Optional;

/**
 * How a caller wants a session to remember; what is empty is as before in a session that exists, and the model's default
 * in a new one.
 *
 * @param manner dense, sparse or picked by Mneme; empty with a number given: sparse
 * @param sinks tokens at the start that are always attended
 * @param window the last tokens that are always attended
 * @param topK blocks that are retrieved
 * @param candidates blocks that are compared by their keys
 * @param refresh R, tokens that share a choice
 * @param survey tokens that share a shortlist
 * @param format of keys and values
 */
public record MemoryWishes(
        Optional<Manner> manner,
        Optional<Integer> sinks,
        Optional<Integer> window,
        Optional<Integer> topK,
        Optional<Integer> candidates,
        Optional<Integer> refresh,
        Optional<Integer> survey,
        Optional<KvFormat> format) {
    /** No wish. */
    public static final MemoryWishes NONE = new MemoryWishes(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** How to attend past the model's window. */
    public enum Manner {
        /** Not at all: the session ends at the window. */
        DENSE,
        /** To sinks, pins, retrieved blocks and the last tokens. */
        SPARSE,
        /** As Mneme picks, now and at later turns. */
        PICKED
    }

    /**
     * The text of the policy of a new session.
     *
     * @throws MemoryRefused if its model cannot follow it
     */
    public String policyOfNew(String session, ModelMemory model) {
        MemoryPolicy policy = over(session, model.byDefault(), model);
        return picks(false) ? PolicyText.formatPicked(policy) : PolicyText.format(policy);
    }

    /** The text of the KV format of a new session. */
    public String formatOfNew(ModelMemory model) {
        KvFormat wanted = formatOver(KvFormat.F16, false, model);
        return picksFormat(false) ? FormatText.formatPicked(wanted) : FormatText.format(wanted);
    }

    /**
     * These wishes over the format in force.
     *
     * @param picksBefore whether Mneme picked the policy so far
     */
    KvFormat formatOver(KvFormat before, boolean picksBefore, ModelMemory model) {
        return format.orElseGet(() -> picksFormat(picksBefore) ? PickedMemory.format(model, before) : before);
    }

    /** Whether Mneme is to pick the format too. */
    boolean picksFormat(boolean picksBefore) {
        return picks(picksBefore) && format.isEmpty();
    }

    /** Whether Mneme is to pick the policy. */
    boolean picks(boolean before) {
        return manner.map(Manner.PICKED::equals).orElse(before && !hasNumbers());
    }

    private boolean hasNumbers() {
        return sinks.isPresent()
                || window.isPresent()
                || topK.isPresent()
                || candidates.isPresent()
                || refresh.isPresent()
                || survey.isPresent();
    }

    /**
     * These wishes over the policy in force, its pins included.
     *
     * @throws MemoryRefused if they contradict each other or the model
     */
    MemoryPolicy over(String session, MemoryPolicy before, ModelMemory model) {
        try {
            MemoryPolicy wanted = picks(false)
                    ? PickedMemory.policy(model, before)
                    : over(before, model.byDefault());
            wanted.check(model.window());
            return wanted;
        } catch (MemoryPolicyException e) {
            throw new MemoryRefused(session, String.valueOf(e.getMessage()));
        }
    }

    private MemoryPolicy over(MemoryPolicy before, MemoryPolicy byDefault) {
        if (manner.filter(Manner.DENSE::equals).isPresent()) {
            return MemoryPolicy.dense();
        }
        if (manner.isEmpty() && !hasNumbers()) {
            return before;
        }
        return sparse(before instanceof MemoryPolicy.Sparse sparse ? sparse : leastSparse(byDefault));
    }

    private static MemoryPolicy.Sparse leastSparse(MemoryPolicy byDefault) {
        return byDefault instanceof MemoryPolicy.Sparse sparse ? sparse : new MemoryPolicy.Sparse(0, 64, 0, 0, 8);
    }

    private MemoryPolicy sparse(MemoryPolicy.Sparse before) {
        int retrieved = topK.orElse(before.topK());
        int shared = refresh.orElse(before.refresh());
        int compared = candidates.orElse(before.candidates() == 0 ? 0 : Math.max(before.candidates(), retrieved));
        return new MemoryPolicy.Sparse(
                sinks.orElse(before.sinks()),
                window.orElse(before.window()),
                retrieved,
                compared,
                shared,
                survey.orElse(before.surveyWith(compared, shared)),
                before.pins());
    }
}
