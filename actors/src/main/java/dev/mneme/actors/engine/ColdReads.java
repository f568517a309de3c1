package dev.mneme.actors.engine;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Which sessions a step leaves out because they kept the others waiting. A step waits for what one of its sessions reads from
 * disk, with everybody in it, and what that will be nobody knows before: what a layer retrieves follows from the layers before
 * it. So the session pays for it afterwards: it is left out until the others have had steps for {@value #REPAID} times as long as
 * they waited. That holds their mean step below 1 + 1/{@value #REPAID} of one without waits.
 *
 * <p>Steps are left out whole: what is owed beyond is kept. Sessions that owe share what a step pays, so that the mean holds
 * however many they are. Where all that could go on owe, there is nobody to pay: who owes least goes on, and the others owe so
 * much less. Owned by the engine thread.
 *
 * @param <S> a session's work
 */
final class ColdReads<S> {
    /**
     * How much longer than a wait the others' steps are that it costs. More would slow the session down more than it spares them:
     * one that waits, say, 40 ms in 16 decode steps of 12 ms takes twice as long as without waits, instead of 1.2 times, and they
     * 1.1 times instead of 1.2.
     */
    static final int REPAID = 4;

    /** Debt above this is forgotten, so waits above a second are not repaid in full: the session has somebody waiting, too. */
    static final long MOST_DEBT = TimeUnit.SECONDS.toNanos(4);

    private final Map<S, Long> debts = new HashMap<>();
    /** How long the last step took without waits. */
    private long stepNanos;

    /** Those of the sessions that could go on that the next step takes: if any could, at least one. */
    List<S> admitted(List<S> active, Predicate<S> ready) {
        debts.keySet().retainAll(active);
        List<S> willing = active.stream().filter(ready).toList();
        if (willing.stream().allMatch(this::owesAStep)) {
            Optional<Long> least = willing.stream().map(debts::get).min(Comparator.naturalOrder());
            least.ifPresent(debt -> willing.forEach(each -> pay(each, debt)));
        }
        return willing.stream().filter(each -> !owesAStep(each)).toList();
    }

    private boolean owesAStep(S session) {
        return debts.containsKey(session) && debts.get(session) >= Math.min(stepNanos, MOST_DEBT);
    }

    private void pay(S session, long nanos) {
        debts.computeIfPresent(session, (_, debt) -> debt > nanos ? debt - nanos : null);
    }

    /** Notes that a step waited for a session. */
    void waited(S session, long nanos) {
        if (nanos > 0) {
            long debt = debts.getOrDefault(session, 0L) + REPAID * Math.min(nanos, MOST_DEBT);
            debts.put(session, Math.min(debt, MOST_DEBT));
        }
    }

    /** Notes how long a step took, waits apart. */
    void took(long nanos) {
        stepNanos = Math.max(0, nanos);
        if (!debts.isEmpty()) {
            long share = stepNanos / debts.size();
            List.copyOf(debts.keySet()).forEach(each -> pay(each, share));
        }
    }
}
