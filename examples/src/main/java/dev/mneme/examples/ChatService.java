package dev.mneme.examples;

import dev.mneme.Mneme;
import dev.mneme.Piece;
import dev.mneme.Session;
import dev.mneme.SessionOpening;
import dev.mneme.Tenant;
import dev.mneme.Turn;
import dev.mneme.TurnOptions;
import dev.mneme.errors.MnemeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A chat service that runs for long: one session a user, replies streamed, users served side by side on virtual threads.
 * A user who comes back after a restart goes on where he was.
 */
public final class ChatService implements AutoCloseable {
    private static final TurnOptions OPTIONS =
            TurnOptions.defaults().withMaxTokens(200).withTimeout(Duration.ofMinutes(2));

    private final Tenant tenant;
    private final UnaryOperator<SessionOpening> style;
    private final BiConsumer<String, String> output;
    private final ExecutorService users = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * A service of one tenant.
     *
     * @param tenant whose users they are
     * @param style how a new user's session is to be opened
     * @param output takes a user's name and the next piece of the reply to him
     */
    public ChatService(Tenant tenant, UnaryOperator<SessionOpening> style, BiConsumer<String, String> output) {
        this.tenant = tenant;
        this.style = style;
        this.output = output;
    }

    /** Answers a user; what he says while he is being answered waits its turn. Completes with the whole reply. */
    public CompletionStage<String> said(String user, String text) {
        return CompletableFuture.supplyAsync(() -> answer(user, text), users);
    }

    private String answer(String user, String text) {
        try {
            Session session = style.apply(tenant.session(user)).open();
            Turn turn = session.start(text, OPTIONS);
            Pieces pieces = new Pieces(piece -> output.accept(user, piece));
            turn.publisher().subscribe(pieces);
            pieces.over.join();
            return turn.await().text();
        } catch (MnemeException e) {
            output.accept(user, "[" + e.getMessage() + "]");
            throw e;
        }
    }

    /** Waits for the replies under way. */
    @Override
    public void close() {
        users.close();
    }

    /** Takes pieces one by one: a slow connection slows its own user's session only. */
    private static final class Pieces implements Flow.Subscriber<Piece> {
        private final Consumer<String> out;
        private final CompletableFuture<Void> over = new CompletableFuture<>();
        private Flow.@Nullable Subscription subscription;

        Pieces(Consumer<String> out) {
            this.out = out;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(1);
        }

        @Override
        public void onNext(Piece piece) {
            out.accept(piece.text());
            if (subscription != null) {
                subscription.request(1);
            }
        }

        @Override
        public void onError(Throwable failure) {
            over.complete(null); // the turn's await() throws the same
        }

        @Override
        public void onComplete() {
            over.complete(null);
        }
    }

    /** Takes the home directory; reads lines {@code USER: TEXT} and streams the replies. */
    public static void main(String[] arguments) throws IOException {
        try (Mneme mneme = Mneme.open(Path.of(arguments[0]));
                ChatService service = new ChatService(
                        mneme.tenant("acme"),
                        session -> session.system("You are a short-spoken assistant."),
                        (user, piece) -> System.out.print("\n" + user + "> " + piece));
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    CompletionStage<String> reply =
                            service.said(line.substring(0, colon), line.substring(colon + 1).strip());
                    reply.exceptionally(failure -> "");
                }
            }
        }
    }
}
