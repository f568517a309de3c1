package dev.mneme.app;

import dev.mneme.Finish;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.Turn;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Option;

/** How a turn is shown: the reply as it comes and a receipt under it, or one JSON object at the end. */
final class TurnOutput {
    @Option(names = "--json", description = "Write one JSON object at the end instead of the reply as it comes.")
    private boolean json;

    /** Shows the turn to its end; the exit code is what it came to. */
    int show(Console console, OpenMemory memory, Session session, Turn turn) {
        memory.running(turn);
        ReadingBar.show(turn, console);
        if (!json) {
            ReplyPrinter.print(turn, console.out());
        }
        Reply reply = outcome(turn);
        if (json) {
            console.out().println(ReplyJson.of(reply, memory.startMillis(), session.openTime().toNanos() / 1e6));
        } else {
            if (reply.finish() != Finish.INGESTED) {
                console.out().println();
                console.out().flush();
            }
            console.err().println(ReceiptText.of(reply));
        }
        console.out().flush();
        return switch (reply.finish()) {
            case STOP, LENGTH, INGESTED -> 0;
            case CANCELLED, TIMED_OUT, INTERRUPTED, FAILED -> 1;
        };
    }

    private static Reply outcome(Turn turn) {
        try {
            return turn.completion().toCompletableFuture().join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }
}
