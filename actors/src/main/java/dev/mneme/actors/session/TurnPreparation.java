package dev.mneme.actors.session;

import dev.mneme.actors.engine.Reply;
import dev.mneme.actors.memory.MemoryTimeline;
import dev.mneme.actors.memory.OpenedMemory;
import dev.mneme.actors.model.LoadedModel;
import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.actors.session.TurnRequest.Content;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.GenerationOptions;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.persistence.event.Tokens;
import dev.mneme.persistence.event.TurnCost;
import dev.mneme.persistence.event.TurnEnded;
import dev.mneme.persistence.event.TurnFacts;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.RequestOutcome;
import dev.mneme.persistence.index.TurnSpan;
import java.util.List;
import java.util.Optional;

/** What a turn needs before the engine can take it. All of it may block and runs off the actor. */
final class TurnPreparation {
    private final SessionServices services;

    TurnPreparation(SessionServices services) {
        this.services = services;
    }

    /** Renders and tokenizes what is new in a turn, and nothing else. */
    TurnPrompt prompt(Live live, TurnRequest request) {
        LoadedModel model = services.model(live);
        try {
            PromptRenderer renderer = new PromptRenderer(live, model, services.index());
            List<MemoryEdited> picked = picked(live, model);
            return switch (request.content()) {
                case Content.Message(String text) -> new TurnPrompt(
                        model, TurnKind.SAY, renderer.message(text), checked(request.wishes().fresh()), Optional.empty(), picked);
                case Content.RawText(String text) -> new TurnPrompt(
                        model, TurnKind.RAW, renderer.raw(text), checked(request.wishes().fresh()), Optional.empty(), picked);
                case Content.Document(String text, String hash) -> new TurnPrompt(
                        model, TurnKind.INGEST, renderer.document(text), checked(request.wishes().fresh()), Optional.of(hash), picked);
                case Content.RawDocument(String text, String hash) -> new TurnPrompt(
                        model, TurnKind.INGEST, renderer.raw(text), checked(request.wishes().fresh()), Optional.of(hash), picked);
                case Content.Continuation() -> new TurnPrompt(
                        model,
                        TurnKind.CONTINUE,
                        new int[0],
                        checked(request.wishes().over(live.lastTurn().orElseThrow().options())),
                        Optional.empty(),
                        List.of());
            };
        } catch (RuntimeException e) {
            model.release();
            throw e;
        }
    }

    /** A reply that goes on does so as it was begun. */
    private List<MemoryEdited> picked(Live live, LoadedModel model) {
        return live.timeline().picksItself()
                ? new MemoryEdits(live, ModelMemory.of(model), services.index()).picked()
                : List.of();
    }

    private static GenerationOptions checked(GenerationOptions options) {
        Reply.check(options);
        return options;
    }

    /** Opens the memory of a turn that is journaled, and brings its reply to where the journal left it. */
    ReadyWork open(Live live, TurnFacts turn, LoadedModel model, int computedOnce) {
        BranchId branch = SessionEvolution.branchOf(live);
        int replyStart = turn.position() + turn.promptTotal();
        int[] replayed = services.index().tokens(branch, replyStart, live.position());
        StringBuilder text = new StringBuilder();
        Optional<Reply> reply = Optional.empty();
        if (turn.kind() != TurnKind.INGEST) {
            Reply fresh = reply(live, turn, model, replyStart);
            for (int token : replayed) {
                text.append(fresh.accept(token));
            }
            reply = Optional.of(fresh);
        }
        boolean samplesMore = reply.isPresent() && reply.get().finished().isEmpty();
        OpenedMemory memory = services.opening(live, model).open(computedOnce, samplesMore);
        Tokens prompt = Tokens.of(services.index().tokens(branch, turn.position(), replyStart));
        return new ReadyWork(memory, reply, prompt, Tokens.of(replayed), text.toString());
    }

    private Reply reply(Live live, TurnFacts turn, LoadedModel model, int replyStart) {
        BranchId branch = SessionEvolution.branchOf(live);
        int from = Math.max(0, replyStart - turn.options().repetitionWindow());
        int room = live.timeline().longest(replyStart, model.window()) - replyStart;
        Reply reply = new Reply(
                model.tokenizer(),
                turn.options().withMaxTokens(Math.min(turn.options().maxTokens(), room)),
                services.index().tokens(branch, from, replyStart));
        follow(reply, branch, turn);
        return reply;
    }

    /** A reply that is continued goes on in the text of what there was of it. */
    private void follow(Reply reply, BranchId branch, TurnFacts turn) {
        if (turn.kind() == TurnKind.CONTINUE) {
            TurnSpan whole = services.index().turn(branch, turn.turn()).orElseThrow();
            int beginning = whole.position() + whole.promptTotal();
            reply.follow(services.index().tokens(branch, beginning, turn.position()));
        }
    }

    /**
     * The outcome of a request whose turn ended, told again from the journal: what this request got, even if another one
     * continued the reply or the turn was rewound since.
     */
    TurnResult outcome(Live live, RequestOutcome request) {
        BranchId branch = new BranchId(live.identity().sessionId(), request.branch());
        TurnSpan span = services.index()
                .turn(branch, request.turn())
                .orElseThrow()
                .asBegunBy(request.sequenceNr());
        TurnFacts facts = SessionEvolution.facts(services.index(), span);
        MemoryTimeline timeline = MemoryTimeline.of(live.facts(), services.index().edits(branch, Long.MAX_VALUE));
        LoadedModel model = services.model(live);
        try {
            int replyStart = facts.position() + facts.promptTotal();
            int[] replied = services.index().tokens(branch, replyStart, span.end());
            StringBuilder text = new StringBuilder();
            if (facts.kind() != TurnKind.INGEST) {
                Reply reply = new Reply(model.tokenizer(), facts.options(), new int[0]);
                follow(reply, branch, facts);
                for (int token : replied) {
                    text.append(reply.accept(token));
                }
                if (span.finish().filter(FinishReason.STOP::equals).isPresent()) {
                    text.append(reply.remainingText());
                }
            }
            TurnCost cost = services.index()
                    .event(span.branch().sessionId(), span.endedAt())
                    .map(ended -> ((TurnEnded) ended).cost())
                    .orElseGet(() -> TurnCosts.unknown(span.end()));
            return new TurnResult(
                    live.identity(),
                    request.turn(),
                    Tokens.of(services.index().tokens(branch, facts.position(), replyStart)),
                    text.toString(),
                    Tokens.of(replied),
                    span.finish().orElse(FinishReason.INTERRUPTED),
                    cost,
                    AttendedBlocks.atEnd(facts.kind(), span.end(), timeline, model.window()),
                    timeline.pickedAt(facts.position()));
        } finally {
            model.release();
        }
    }
}
