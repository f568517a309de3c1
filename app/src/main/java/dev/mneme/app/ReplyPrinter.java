package dev.mneme.app;

import dev.mneme.Piece;
import dev.mneme.Turn;
import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Shows a reply as it comes. A reader that went away, as in {@code mneme say … | head -1}, cancels the turn. */
final class ReplyPrinter implements Flow.Subscriber<Piece> {
    private final Turn turn;
    private final PrintStream out;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    private ReplyPrinter(Turn turn, PrintStream out) {
        this.turn = turn;
        this.out = out;
    }

    /** Returns when the last piece is out, or when no more will come. */
    static void print(Turn turn, PrintStream out) {
        ReplyPrinter printer = new ReplyPrinter(turn, out);
        turn.publisher().subscribe(printer);
        printer.over.join();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(Piece piece) {
        out.print(piece.text());
        out.flush();
        if (out.checkError()) {
            turn.cancel();
        }
        if (subscription != null) {
            subscription.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        over.complete(null);
    }

    @Override
    public void onComplete() {
        over.complete(null);
    }
}
