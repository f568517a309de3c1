package dev.mneme.kills;

import dev.mneme.Mneme;
import dev.mneme.Piece;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.SessionInfo;
import dev.mneme.Tenant;
import dev.mneme.Turn;
import dev.mneme.TurnInfo;
import dev.mneme.TurnOptions;
import dev.mneme.Verification;
import dev.mneme.errors.MemoryRefused;
import dev.mneme.errors.PinRefused;
import dev.mneme.errors.SessionNotFound;
import dev.mneme.kills.Operation.Delete;
import dev.mneme.kills.Operation.Fork;
import dev.mneme.kills.Operation.Ingest;
import dev.mneme.kills.Operation.Pin;
import dev.mneme.kills.Operation.Remember;
import dev.mneme.kills.Operation.Rewind;
import dev.mneme.kills.Operation.Say;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.model.RuntimeOptions;
import dev.mneme.store.StoreOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Lives a {@link Script} in a home, and says on lines what became durable: {@code piece N ids} while operation N replies,
 * {@code done N ids | text} when it is over. An operation that another process was killed in is asked for again, the odd
 * ones by {@code resume} where their turn is open, the even ones by their request id.
 */
final class Life {
    private final Mneme mneme;
    private final Tenant tenant;
    private final String model;
    private final Consumer<String> say;

    private Life(Mneme mneme, String model, Consumer<String> say) {
        this.mneme = mneme;
        this.tenant = mneme.tenant(Mneme.DEFAULT_TENANT);
        this.model = model;
        this.say = say;
    }

    /** Arguments: home, model, seed of the script, its size, the operation to go on at. */
    public static void main(String[] arguments) {
        live(
                Path.of(arguments[0]),
                arguments[1],
                Script.of(Long.parseLong(arguments[2]), Integer.parseInt(arguments[3])),
                Integer.parseInt(arguments[4]),
                line -> {
                    System.out.println(line);
                    System.out.flush();
                });
    }

    static void live(Path home, String model, List<Operation> script, int from, Consumer<String> lines) {
        try (Mneme mneme = open(home)) {
            Life life = new Life(mneme, model, lines);
            life.tellState();
            for (int number = from; number < script.size(); number++) {
                life.live(number, script.get(number));
            }
            life.tellState();
        }
        lines.accept("end");
    }

    static Mneme open(Path home) {
        return Mneme.at(home)
                .runtime(new RuntimeOptions(Backend.SCALAR, 1))
                .store(StoreOptions.defaults().withArenaBytes(1 << 20))
                .open();
    }

    /** All there is: what verify finds, and each session's turns with their tokens. */
    private void tellState() {
        say.accept("open");
        Verification check = mneme.verify();
        if (!check.isSound()) {
            say.accept("unsound " + check.findings());
        }
        for (SessionInfo info : tenant.list()) {
            Session session = tenant.existing(info.name());
            for (TurnInfo turn : session.turns()) {
                say.accept("turn %s %d %d %s".formatted(
                        info.name(), turn.turn(), turn.promptTokens(), words(session.tokens(turn))));
            }
        }
        say.accept("ready");
    }

    private void live(int number, Operation operation) {
        String request = "operation-" + number;
        String outcome =
                switch (operation) {
                    case Say say -> {
                        Session session = session(say.session());
                        TurnOptions options = TurnOptions.defaults()
                                .withMaxTokens(say.maxTokens())
                                .withTemperature(say.temperature())
                                .withSeed(say.seed())
                                .withRequestId(request);
                        SessionInfo info = session.describe();
                        boolean open = info.cutOff() && info.lastFinish().isEmpty();
                        yield shown(
                                number,
                                open && number % 2 == 1
                                        ? session.resume(TurnOptions.defaults())
                                        : session.start(say.text(), options));
                    }
                    case Ingest ingest -> shown(
                            number,
                            session(ingest.session())
                                    .ingest(ingest.text(), TurnOptions.defaults().withRequestId(request)));
                    case Fork fork -> tenant.existing(fork.session())
                            .fork(fork.child(), Optional.of(request))
                            .name();
                    case Rewind rewind -> "turns " + tenant.existing(rewind.session())
                            .rewind(rewind.turn(), Optional.of(request))
                            .turns();
                    case Remember remember -> edited(() -> tenant.existing(remember.session())
                            .memory(remember.policy(), Optional.of(request)));
                    case Pin pin -> edited(() -> tenant.existing(pin.session()).pin(pin.turn(), Optional.of(request)));
                    case Delete delete -> delete(delete.session());
                };
        say.accept("done " + number + " " + outcome);
    }

    private Session session(String name) {
        return tenant.session(name).model(model).raw().open();
    }

    private static String edited(Supplier<SessionInfo> edit) {
        try {
            SessionInfo info = edit.get();
            return info.memory() + " " + info.pins();
        } catch (MemoryRefused | PinRefused refused) {
            return "refused";
        }
    }

    private String delete(String session) {
        try {
            tenant.existing(session).delete();
        } catch (SessionNotFound alreadyGone) {
            // By the process before this one.
        }
        return "gone";
    }

    private String shown(int number, Turn turn) {
        CountDownLatch over = new CountDownLatch(1);
        turn.publisher().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(Piece piece) {
                say.accept("piece " + number + " " + words(piece.tokens()));
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
        Reply reply = turn.await();
        try {
            over.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        // As one line, whatever characters the model came up with.
        String text = reply.text().codePoints().mapToObj(Integer::toHexString).collect(Collectors.joining("."));
        return words(reply.tokens()) + " | " + text + " | " + reply.finish();
    }

    private static String words(List<Integer> tokens) {
        return tokens.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
