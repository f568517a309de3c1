package dev.mneme.actors.session;

import dev.mneme.actors.engine.AwaitedOutcome;
import dev.mneme.actors.engine.Recording;
import dev.mneme.actors.engine.TurnWork;
import dev.mneme.actors.engine.WorkOutcome;
import dev.mneme.actors.memory.OpenedMemory;
import dev.mneme.actors.memory.SessionMemory;
import dev.mneme.actors.memory.TokenRange;
import dev.mneme.actors.model.LoadedModel;
import dev.mneme.actors.recall.Queries;
import dev.mneme.actors.recall.Recollection;
import dev.mneme.actors.recall.Stretch;
import dev.mneme.actors.recall.Stretches;
import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.errors.MnemeClosed;
import dev.mneme.errors.MnemeException;
import dev.mneme.errors.NothingToRecall;
import dev.mneme.errors.RecallCancelled;
import dev.mneme.errors.SessionFailed;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.TurnSpan;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.model.AttentionMass.BlockShare;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Finds out where the attention of a session's last turn went. Nothing of that is kept, so the tokens that are asked for are
 * computed again, with a listener: the same bits as then, from the same blocks, by the policy and the pins that were in force
 * then, among the steps of all other sessions. The session's journal and tail are only read; blocks are sealed again with
 * the checksums that they have.
 */
final class LookBack {
    private final SessionServices services;
    private final Live live;
    private final BranchId branch;

    LookBack(SessionServices services, Live live) {
        this.services = services;
        this.live = live;
        this.branch = SessionEvolution.branchOf(live);
    }

    /**
     * Computes it; blocks until the engine is done.
     *
     * @param answer who waits for it: once that is completed, the engine stops between two steps
     * @throws NothingToRecall if the session is empty, or its last turn was not computed
     */
    Recollection run(CompletableFuture<Recollection> answer) {
        if (answer.isDone()) {
            throw new RecallCancelled(live.identity().name());
        }
        List<TurnSpan> turns = services.index().turns(branch);
        if (turns.isEmpty()) {
            throw new NothingToRecall(live.identity().name(), "it is empty", "say something first");
        }
        Queries queries = Queries.of(turns.getLast())
                .orElseThrow(() -> new NothingToRecall(
                        live.identity().name(),
                        "its last turn was cut off before it was computed",
                        "let it go on (`mneme continue`), or say something"));
        LoadedModel model = services.model(live);
        try {
            Recording recording = Recording.from(queries.from());
            compute(model, queries, recording, answer);
            return told(model, turns, queries, recording.mass().best());
        } finally {
            model.release();
        }
    }

    private void compute(
            LoadedModel model, Queries queries, Recording recording, CompletableFuture<Recollection> answer) {
        OpenedMemory opened = services.opening(live, model).again(queries.from(), queries.to());
        try (SessionMemory memory = opened.memory()) {
            AwaitedOutcome sink = new AwaitedOutcome();
            TurnWork work = new TurnWork(live.identity().name(), opened, sink, recording);
            CompletableFuture<Recollection> unused = answer.whenComplete((told, failure) -> {
                work.cancel(FinishReason.CANCELLED);
                model.engine().wake();
            });
            model.engine().submit(work);
            requireComputed(sink.await());
        }
    }

    private void requireComputed(WorkOutcome outcome) {
        String session = live.identity().name();
        Throwable failure = outcome.failure();
        if (failure instanceof MnemeException known) {
            throw known;
        }
        if (failure != null) {
            throw new SessionFailed(session, "its last turn could not be computed again: " + failure, failure);
        }
        if (outcome.finish() != FinishReason.INGESTED) {
            throw new MnemeClosed("the recall of session '" + session + "'");
        }
    }

    private Recollection told(LoadedModel model, List<TurnSpan> turns, Queries queries, List<BlockShare> blocks) {
        TurnSpan last = turns.getLast();
        List<Stretch> stretches = new Stretches(turns, queries.to(), tokens -> text(model, tokens)).of(blocks);
        double own = blocks.stream()
                .filter(block -> block.block() * KvLayout.BLOCK >= last.position())
                .mapToDouble(BlockShare::share)
                .sum();
        return new Recollection(last.turn(), queries.count(), stretches, own);
    }

    private String text(LoadedModel model, TokenRange tokens) {
        return model.tokenizer().decode(services.index().tokens(branch, tokens.from(), tokens.to()));
    }
}
