package dev.mneme.kills;

import dev.mneme.Mneme;
import dev.mneme.Piece;
import dev.mneme.Turn;
import dev.mneme.TurnOptions;
import dev.mneme.errors.MnemeException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;

/** Says something on a disk that is too full for it, and tells what came of it. */
final class Starved {
    static final int TOKENS = 400;
    static final TurnOptions LONG = TurnOptions.defaults().withMaxTokens(TOKENS).withSeed(9);

    private Starved() {}

    /** Arguments: home, model. Exits with 3 after an error of ours. */
    public static void main(String[] arguments) throws InterruptedException {
        try (Mneme mneme = Life.open(Path.of(arguments[0]))) {
            Turn turn = mneme.session(Homes.SESSION).model(arguments[1]).raw().open().start("the first of all", LONG);
            CountDownLatch over = new CountDownLatch(1);
            turn.publisher().subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(Piece piece) {
                    piece.tokens().forEach(token -> System.out.println("token " + token));
                }

                @Override
                public void onError(Throwable failure) {
                    over.countDown();
                }

                @Override
                public void onComplete() {
                    over.countDown();
                }
            });
            over.await();
            turn.await();
        } catch (MnemeException e) {
            System.out.println("failed " + e.getClass().getSimpleName() + " " + e.getMessage());
            System.exit(3);
        }
    }
}
