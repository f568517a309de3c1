package dev.mneme;

import dev.mneme.actors.session.TurnResult;
import java.util.Arrays;
import java.util.List;

/**
 * A turn that has ended.
 *
 * @param session the session's name
 * @param turn the turn's number, from 1
 * @param text the reply as shown
 * @param tokens the sampled ids
 * @param promptTokens the ids journaled in this turn before the first sampled one
 * @param finish why it ended
 * @param receipt what it cost
 */
public record Reply(
        String session,
        int turn,
        String text,
        List<Integer> tokens,
        List<Integer> promptTokens,
        Finish finish,
        Receipt receipt) {
    static Reply of(TurnResult result) {
        return new Reply(
                result.session().name(),
                result.turn(),
                result.text(),
                boxed(result.tokens().toArray()),
                boxed(result.prompt().toArray()),
                Finish.of(result.finish()),
                Receipt.of(result));
    }

    private static List<Integer> boxed(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }
}
