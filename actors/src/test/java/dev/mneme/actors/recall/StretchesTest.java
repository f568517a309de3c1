package dev.mneme.actors.recall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.actors.memory.TokenRange;
import dev.mneme.persistence.event.FinishReason;
import dev.mneme.persistence.event.TurnKind;
import dev.mneme.persistence.index.BranchId;
import dev.mneme.persistence.index.TurnSpan;
import dev.mneme.runtime.model.AttentionMass.BlockShare;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which tokens of a turn are counted, and how blocks are put together. */
class StretchesTest {
    private static TurnSpan turn(int number, TurnKind kind, int position, int prompt, int end, Optional<FinishReason> finish) {
        return new TurnSpan(
                new BranchId("s", 1), number, kind, Optional.empty(), position, prompt, end, finish, 1, 2, 0, List.of());
    }

    private static TurnSpan said(int number, int position, int end) {
        return turn(number, TurnKind.SAY, position, 1, end, Optional.of(FinishReason.STOP));
    }

    @Test
    void theQueriesOfAReplyAreThoseItWasDrawnAfter() {
        assertThat(Queries.of(turn(1, TurnKind.SAY, 100, 20, 130, Optional.of(FinishReason.STOP))))
                .contains(new Queries(119, 129));
        assertThat(Queries.of(turn(1, TurnKind.SAY, 100, 20, 121, Optional.empty()))).contains(new Queries(119, 120));
    }

    @Test
    void theQueriesOfADocumentAreItsLastBlockful() {
        Optional<FinishReason> read = Optional.of(FinishReason.INGESTED);
        assertThat(Queries.of(turn(1, TurnKind.INGEST, 100, 200, 300, read))).contains(new Queries(236, 300));
        assertThat(Queries.of(turn(1, TurnKind.INGEST, 100, 20, 120, read))).contains(new Queries(100, 120));
    }

    @Test
    void whatWasCutOffBeforeItsReplyHasNone() {
        assertThat(Queries.of(turn(1, TurnKind.INGEST, 0, 200, 200, Optional.empty()))).isEmpty();
        assertThat(Queries.of(turn(1, TurnKind.INGEST, 0, 200, 200, Optional.of(FinishReason.INTERRUPTED)))).isEmpty();
        assertThat(Queries.of(turn(1, TurnKind.SAY, 0, 200, 200, Optional.of(FinishReason.CANCELLED)))).isEmpty();
    }

    @Test
    void neighboursOfOneTurnThatStandOutAreOneStretch() {
        List<TurnSpan> turns = List.of(said(1, 0, 200), said(2, 200, 700));
        List<BlockShare> blocks = List.of(
                new BlockShare(5, 0.5),
                new BlockShare(0, 0.2),
                new BlockShare(1, 0.15),
                new BlockShare(4, 0.05),
                new BlockShare(6, 0.05),
                new BlockShare(2, 0.02),
                new BlockShare(3, 0.02),
                new BlockShare(9, 0.01));
        assertThat(new Stretches(turns, 600, TokenRange::toString).of(blocks))
                .containsExactly(
                        stretch(2, 2, 320, 384, 0.5),
                        stretch(1, 1, 0, 128, 0.35),
                        stretch(2, 2, 256, 320, 0.05),
                        stretch(2, 2, 384, 448, 0.05),
                        stretch(1, 1, 128, 192, 0.02),
                        stretch(1, 2, 192, 256, 0.02),
                        stretch(2, 2, 576, 600, 0.01));
    }

    @Test
    void aStretchEndsWhereTheNextBlockBeginsInAnotherTurn() {
        List<TurnSpan> turns = List.of(said(1, 0, 10), said(2, 10, 90), said(3, 90, 252));
        List<BlockShare> blocks =
                List.of(new BlockShare(0, 0.3), new BlockShare(1, 0.3), new BlockShare(2, 0.3), new BlockShare(3, 0.1));
        assertThat(new Stretches(turns, 250, TokenRange::toString).of(blocks))
                .containsExactly(
                        stretch(1, 2, 0, 64, 0.3),
                        stretch(2, 3, 64, 128, 0.3),
                        stretch(3, 3, 128, 192, 0.3),
                        stretch(3, 3, 192, 250, 0.1));
    }

    private static Stretch stretch(int firstTurn, int lastTurn, int from, int to, double share) {
        TokenRange tokens = new TokenRange(from, to);
        return new Stretch(firstTurn, lastTurn, tokens, share, tokens.toString());
    }
}
