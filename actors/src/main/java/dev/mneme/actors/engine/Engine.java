package dev.mneme.actors.engine;

import dev.mneme.actors.memory.BlockLost;
import dev.mneme.errors.MnemeClosed;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.runtime.model.ForwardPass;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the work of all sessions of one model, step after step, on a thread of its own. A step is one mixed batch: a
 * decode token of each generating session first, then prefill chunks shared out fairly. How work is cut into steps never
 * shows in a session's bits, so the cut may follow the clock ({@link StepBudget}, {@link ColdReads}).
 */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final ForwardPass forward;
    private final DeviceTurns device;
    private final ConcurrentLinkedQueue<TurnWork> inbox = new ConcurrentLinkedQueue<>();
    private final List<TurnWork> active = new ArrayList<>();
    private final StepBudget budget = new StepBudget();
    private final ColdReads<TurnWork> coldReads = new ColdReads<>();
    private final Thread thread;
    private volatile boolean closing;
    private int firstPrefill;

    /**
     * Starts the engine.
     *
     * @param name names its thread
     * @param forward the model's forward pass; the engine closes it
     * @param device whose turns the engine takes
     */
    public Engine(String name, ForwardPass forward, DeviceTurns device) {
        this.forward = forward;
        this.device = device;
        this.thread = new Thread(this::run, "mneme-engine-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes work; its sink will be told how it went. From any thread. */
    public void submit(TurnWork work) {
        inbox.add(work);
        wake();
        if (closing) {
            rejectInbox();
        }
    }

    /** Makes the engine look again at paused or cancelled work. From any thread. */
    public void wake() {
        LockSupport.unpark(thread);
    }

    /** Stops after the current step; unfinished work ends as interrupted. Waits for the thread. */
    @Override
    public void close() {
        closing = true;
        wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            device.run(forward::warmUp);
            while (!closing) {
                admit();
                retire();
                Step step = compose();
                if (step.isEmpty()) {
                    LockSupport.park(this);
                } else {
                    advance(step);
                }
            }
        } finally {
            admit();
            active.forEach(work -> end(work, FinishReason.INTERRUPTED, null));
            forward.close();
            rejectInbox();
        }
    }

    private void rejectInbox() {
        for (TurnWork work = inbox.poll(); work != null; work = inbox.poll()) {
            end(work, FinishReason.FAILED, new MnemeClosed("session '" + work.session() + "'"));
        }
    }

    private void admit() {
        for (TurnWork work = inbox.poll(); work != null; work = inbox.poll()) {
            active.add(work);
        }
    }

    private void retire() {
        for (Iterator<TurnWork> each = active.iterator(); each.hasNext(); ) {
            TurnWork work = each.next();
            Optional<FinishReason> finish = work.finished().or(work::cancellation);
            if (finish.isPresent()) {
                each.remove();
                end(work, finish.get(), null);
            }
        }
    }

    private static void end(TurnWork work, FinishReason finish, @Nullable Throwable failure) {
        work.sink().finished(new WorkOutcome(finish, work.remainingText(finish), work.cost(), failure));
    }

    private Step compose() {
        Step step = new Step();
        List<TurnWork> admitted = coldReads.admitted(active, TurnWork::ready);
        admitted.stream().filter(TurnWork::decoding).forEach(step::addDecode);
        List<TurnWork> prefilling = admitted.stream().filter(TurnWork::prefilling).toList();
        if (prefilling.isEmpty()) {
            return step;
        }
        int tokens = budget.prefillTokens(step.decodes());
        if (tokens == 0) {
            return step;
        }
        int share = Math.max(1, tokens / prefilling.size());
        // Whoever came first in this step comes last in the next one, so that a small budget reaches everyone.
        firstPrefill = (firstPrefill + 1) % prefilling.size();
        for (int i = 0; i < prefilling.size() && tokens > 0; i++) {
            TurnWork work = prefilling.get((firstPrefill + i) % prefilling.size());
            tokens -= step.addPrefill(work, Math.min(tokens, share));
        }
        return step;
    }

    private void advance(Step step) {
        step.parts().forEach(StepPart::begin);
        long computed;
        try {
            computed = device.run(() -> forward.run(step.runs()));
        } catch (BlockLost lost) {
            takeDetour(step, lost);
            return;
        } catch (RuntimeException | Error e) {
            fail(step, e);
            return;
        }
        long completing = System.nanoTime();
        long waited = step.waitedNanos();
        charge(step);
        for (StepPart part : step.parts()) {
            try {
                part.complete();
            } catch (RuntimeException e) {
                LOG.warn("session '{}' failed after a step", part.work().session(), e);
                active.remove(part.work());
                end(part.work(), FinishReason.FAILED, e);
            }
        }
        long nanos = computed + System.nanoTime() - completing - waited;
        budget.took(step.decodes(), step.prefillTokens(), nanos);
        coldReads.took(nanos);
    }

    private void charge(Step step) {
        step.parts().forEach(part -> coldReads.waited(part.work(), part.waitedNanos()));
    }

    /** The step is run again later: what it wrote is written again, with the same bits. */
    private void takeDetour(Step step, BlockLost lost) {
        for (StepPart part : step.parts()) {
            part.memory().undoStep();
            if (part.work().memory() == lost.memory()) {
                LOG.warn("session '{}': {}; it is computed again", part.work().session(), lost.getMessage());
                part.work().lost(lost);
            }
        }
        charge(step);
    }

    private void fail(Step step, Throwable failure) {
        LOG.error("a step of {} runs failed", step.parts().size(), failure);
        for (StepPart part : step.parts()) {
            active.remove(part.work());
            end(part.work(), FinishReason.FAILED, failure);
        }
    }
}
