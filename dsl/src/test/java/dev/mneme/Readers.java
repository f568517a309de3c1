package dev.mneme;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/** Subscribers that keep what they are told. */
final class Readers {
    private Readers() {}

    /** Asks for everything. */
    static Recorder eager() {
        return new Recorder(Long.MAX_VALUE);
    }

    /** Asks for nothing until {@link Recorder#request}. */
    static Recorder idle() {
        return new Recorder(0);
    }

    static final class Recorder implements Flow.Subscriber<Piece> {
        private final long first;
        private final List<Piece> pieces = new ArrayList<>();
        private final CompletableFuture<List<Piece>> whole = new CompletableFuture<>();
        private final CountDownLatch subscribed = new CountDownLatch(1);
        private volatile Flow.Subscription subscription = new NoSubscription();

        Recorder(long first) {
            this.first = first;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            subscribed.countDown();
            if (first > 0) {
                given.request(first);
            }
        }

        @Override
        public void onNext(Piece piece) {
            pieces.add(piece);
        }

        @Override
        public void onError(Throwable failure) {
            whole.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            whole.complete(pieces);
        }

        void request(long count) {
            subscription.request(count);
        }

        void cancel() {
            subscription.cancel();
        }

        boolean isOver() {
            return whole.isDone();
        }

        List<Piece> whole() throws Exception {
            return whole.get(60, TimeUnit.SECONDS);
        }

        String text() throws Exception {
            return text(whole());
        }

        static String text(List<Piece> pieces) {
            return String.join("", pieces.stream().map(Piece::text).toList());
        }

        static List<Integer> tokens(List<Piece> pieces) {
            return pieces.stream().flatMap(piece -> piece.tokens().stream()).toList();
        }
    }

    private static final class NoSubscription implements Flow.Subscription {
        @Override
        public void request(long count) {}

        @Override
        public void cancel() {}
    }
}
