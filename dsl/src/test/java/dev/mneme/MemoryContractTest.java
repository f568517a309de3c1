package dev.mneme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.actors.memory.TokenRange;
import dev.mneme.errors.InvalidRequest;
import dev.mneme.errors.MemoryRefused;
import dev.mneme.errors.NoSuchTurn;
import dev.mneme.errors.PinRefused;
import dev.mneme.runtime.kv.KvFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a session remembers is chosen when it is opened, and changed by edits that are journaled as all else is. */
@Timeout(120)
class MemoryContractTest {
    private static final TurnOptions SHORT =
            TurnOptions.defaults().withTemperature(1).withMaxTokens(6).withSeed(7);

    private static final String LONG_TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(8);

    /** What a model with a window of 2,048 does well with. */
    private static final MemoryPolicy DEFAULT = MemoryPolicy.sparse()
            .sinks(64)
            .window(832)
            .topK(13)
            .candidates(832)
            .refresh(2)
            .survey(16)
            .kv(KvFormat.F16);

    @TempDir
    private Path directory;

    @Test
    void whatIsNotSaidIsTheModelsDefault() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            assertThat(TinyModels.llama(mneme, "default").describe().memory()).isEqualTo(DEFAULT);
            assertThat(TinyModels.dense(mneme, "dense").describe().memory())
                    .isEqualTo(MemoryPolicy.dense().kv(KvFormat.F16));
            MemoryPolicy few = MemoryPolicy.sparse().topK(60).window(64).kv(KvFormat.F32);
            assertThatThrownBy(() -> opening(mneme, "few").memory(few).open()).isInstanceOf(MemoryRefused.class);
            assertThat(opening(mneme, "few").memory(MemoryPolicy.sparse().topK(20).window(64).kv(KvFormat.F32)).open().describe().memory())
                    .isEqualTo(MemoryPolicy.sparse().sinks(64).window(64).topK(20).candidates(832).refresh(2).survey(16).kv(KvFormat.F32));
        }
    }

    private static SessionOpening opening(Mneme mneme, String name) {
        return mneme.session(name).model(TinyModels.llama()).raw();
    }

    @Test
    void aChangeLastsAndInvalidatesNothing() {
        SessionInfo changed;
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            session.say(LONG_TEXT, SHORT);
            changed = session.memory(MemoryPolicy.sparse().topK(5).candidates(0));
            assertThat(changed.memory()).isEqualTo(DEFAULT_WITH_FIVE);
            assertThat(session.describe()).isEqualTo(changed);
        }
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = mneme.tenant("default").existing("s");
            assertThat(session.describe()).isEqualTo(changed);
            assertThat(mneme.tenant("default").list()).containsExactly(changed);
            Reply said = session.say(LONG_TEXT, SHORT);
            assertThat(said.receipt().rebuilt()).isZero();
            assertThat(said.receipt().reused()).isEqualTo(changed.tokens() - 1);
            assertThat(mneme.verify().findings()).isEmpty();
        }
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = mneme.tenant("default").existing("s");
            int tokens = session.describe().tokens();
            assertThat(session.say("!", SHORT).receipt().reused()).isEqualTo(tokens - 1);
        }
    }

    private static final MemoryPolicy DEFAULT_WITH_FIVE = MemoryPolicy.sparse()
            .sinks(64)
            .window(832)
            .topK(5)
            .candidates(0)
            .refresh(2)
            .survey(2)
            .kv(KvFormat.F16);

    @Test
    void whatIsLeftToMnemeIsPickedSaidAndLasts() {
        MemoryPolicy picked;
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = opening(mneme, "s").memory(MemoryPolicy.auto()).open();
            picked = session.describe().memory();
            assertThat(picked).isInstanceOf(MemoryPolicy.Auto.class);
            assertThat(((MemoryPolicy.Auto) picked).picked()).containsInstanceOf(MemoryPolicy.Sparse.class);
            assertThat(session.say("Hello", SHORT.withRequestId("first")).receipt().picked())
                    .hasValueSatisfying(words -> assertThat(words).startsWith("sparse sinks=64 ").contains("keys and values in"));
        }
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = mneme.tenant("default").existing("s");
            assertThat(session.describe().memory()).isInstanceOf(MemoryPolicy.Auto.class);
            assertThat(session.say("Hello", SHORT.withRequestId("first")).receipt().picked()).isPresent();
            session.memory(MemoryPolicy.sparse());
            assertThat(session.describe().memory()).isEqualTo(((MemoryPolicy.Auto) picked).picked().orElseThrow());
            assertThat(session.say(" you", SHORT).receipt().picked()).isEmpty();
            assertThat(session.memory(MemoryPolicy.auto()).memory()).isInstanceOf(MemoryPolicy.Auto.class);
            assertThat(session.describe().memory().format()).as("left to Mneme").isEmpty();
            MemoryPolicy fixed = session.memory(MemoryPolicy.auto().kv(KvFormat.K8V4)).memory();
            assertThat(fixed.format()).contains(KvFormat.K8V4);
            assertThat(session.say(" too", SHORT).receipt().rebuilt()).isZero();
            assertThat(session.describe().memory()).isEqualTo(fixed);
            assertThat(mneme.verify().findings()).isEmpty();
        }
    }

    @Test
    void anotherFormatHoldsFromTheNextBlockOn() {
        SessionInfo changed;
        long allInF16;
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session plain = opening(mneme, "plain").memory(MemoryPolicy.sparse()).open();
            plain.say(LONG_TEXT, SHORT);
            allInF16 = plain.say(LONG_TEXT, SHORT).receipt().bytesRead();

            Session session = opening(mneme, "s").memory(MemoryPolicy.sparse()).open();
            session.say(LONG_TEXT, SHORT);
            changed = session.memory(MemoryPolicy.sparse().kv(KvFormat.K8V4));
            assertThat(changed.memory()).isEqualTo(DEFAULT.kv(KvFormat.K8V4));
            Reply said = session.say(LONG_TEXT, SHORT);
            assertThat(said.receipt().rebuilt()).isZero();
            assertThat(said.receipt().bytesRead()).isBetween(allInF16 / 2, allInF16 * 9 / 10);
            changed = session.memory(MemoryPolicy.sparse().kv(KvFormat.I8));
            assertThat(mneme.verify().findings()).isEmpty();
        }
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = mneme.tenant("default").existing("s");
            assertThat(session.describe()).isEqualTo(changed);
            Reply said = session.say(LONG_TEXT, SHORT);
            assertThat(said.receipt().rebuilt()).isZero();
            assertThat(said.receipt().reused()).isEqualTo(changed.tokens() - 1);
            assertThat(mneme.verify().findings()).isEmpty();
        }
    }

    /** What is sealed in 8 bits lacks the rows as they were written, which the block's own tokens see. */
    @Test
    void inTheMiddleOfAQuantizedBlockAForkComputesItsBeginningAgain() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            for (KvFormat format : KvFormat.values()) {
                Session parent =
                        opening(mneme, "parent-" + format).memory(MemoryPolicy.sparse().kv(format)).open();
                parent.say(LONG_TEXT, SHORT);
                int left = parent.describe().tokens() - 1;
                Session fork = parent.fork("fork-" + format);
                assertThat(left % 64).isNotZero();
                parent.say(LONG_TEXT, SHORT);

                Receipt receipt = fork.say("!", SHORT).receipt();
                assertThat(receipt.reused()).isEqualTo(format.isQuantized() ? left / 64 * 64 : left + 1);
                assertThat(receipt.rebuilt()).isEqualTo(format.isQuantized() ? left % 64 : 0);
                assertThat(receipt.rebuiltReason())
                        .isEqualTo(format.isQuantized() ? Optional.of("mid-block") : Optional.empty());
            }
        }
    }

    /** Its last token is computed again for its logits: with all of its block, as the block's own tokens see it. */
    @Test
    void aTextThatEndsWithAQuantizedBlockOfAnotherSessionGoesOnAsItDidThere() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            String text = textOf(128, mneme);
            for (KvFormat format : KvFormat.values()) {
                MemoryPolicy memory = MemoryPolicy.sparse().kv(format);
                opening(mneme, "long-" + format).memory(memory).open().say(text, SHORT);
                Reply said = opening(mneme, "short-" + format).memory(memory).open().say(text, SHORT);
                assertThat(said.promptTokens()).hasSize(128);
                assertThat(said.receipt().reused()).isEqualTo(format.isQuantized() ? 64 : 127);

                Session alone = mneme.tenant("other").session(format.name()).model(TinyModels.llama()).raw().memory(memory).open();
                assertThat(alone.say(text, SHORT).tokens()).isEqualTo(said.tokens());
            }
            assertThat(mneme.verify().findings()).isEmpty();
        }
    }

    private static String textOf(int tokens, Mneme mneme) {
        Tenant other = mneme.tenant("counting");
        return IntStream.range(100, LONG_TEXT.length())
                .mapToObj(length -> LONG_TEXT.substring(0, length))
                .filter(text -> TinyModels.llama(other, "s" + text.length()).ingest(text, SHORT).await().promptTokens().size() == tokens)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRepeatedRequestChangesNothingAgain() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            session.say("Hello", SHORT);
            session.memory(MemoryPolicy.dense(), Optional.of("dense"));
            session.pin(1, Optional.of("pin"));
            SessionInfo other = session.memory(MemoryPolicy.sparse(), Optional.of("sparse"));
            SessionInfo unpinned = session.unpin(1, Optional.of("unpin"));
            assertThat(other.pins()).hasSize(1);

            assertThat(session.memory(MemoryPolicy.dense(), Optional.of("dense"))).isEqualTo(unpinned);
            assertThat(session.pin(1, Optional.of("pin"))).isEqualTo(unpinned);
            assertThat(session.unpin(1, Optional.of("unpin"))).isEqualTo(unpinned);
            assertThat(unpinned.pins()).isEmpty();
            assertThatThrownBy(() -> session.rewind(0, Optional.of("pin"))).isInstanceOf(InvalidRequest.class);
        }
    }

    @Test
    void aForkRemembersAsItsParentDidThenAndBothGoTheirOwnWay() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session parent = TinyModels.llama(mneme, "parent");
            parent.say("Hello", SHORT);
            parent.pin(1);
            parent.memory(MemoryPolicy.sparse().topK(5).candidates(0));
            Session fork = parent.fork("fork");
            parent.memory(MemoryPolicy.dense());
            parent.unpin(1);

            assertThat(fork.describe().memory()).isEqualTo(DEFAULT_WITH_FIVE);
            assertThat(fork.describe().pins()).containsExactly(new TokenRange(0, fork.describe().tokens()));
            fork.memory(MemoryPolicy.sparse().window(64));
            assertThat(parent.describe().memory()).isEqualTo(MemoryPolicy.dense().kv(KvFormat.F16));
        }
        try (Mneme mneme = TinyModels.home(directory).open()) {
            SessionInfo fork = mneme.tenant("default").existing("fork").describe();
            assertThat(((MemoryPolicy.Sparse) fork.memory()).window()).contains(64);
            assertThat(fork.pins()).hasSize(1);
            assertThat(mneme.tenant("default").list().getFirst()).isEqualTo(fork);
        }
    }

    @Test
    void aRewindGoesBackToHowTheSessionRememberedThen() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            session.say("Hello", SHORT);
            SessionInfo then = session.pin(1);
            session.say(" you", SHORT);
            session.unpin(1);
            session.memory(MemoryPolicy.dense());
            session.say(" there", SHORT);

            assertThat(session.rewind(1)).isEqualTo(then);
        }
        try (Mneme mneme = TinyModels.home(directory).open()) {
            assertThat(mneme.tenant("default").existing("s").describe().pins()).hasSize(1);
            assertThat(mneme.verify().findings()).isEmpty();
        }
    }

    @Test
    void whatCannotBeFollowedIsRefusedAndLeavesTheSessionAsItWas() {
        try (Mneme mneme = TinyModels.home(directory).open()) {
            Session session = TinyModels.llama(mneme, "s");
            session.ingest(LONG_TEXT, SHORT).await();
            session.say("Hello", SHORT);
            SessionInfo before = session.memory(MemoryPolicy.sparse().window(1024).topK(10));

            for (MemoryPolicy policy : List.of(
                    MemoryPolicy.sparse().window(60),
                    MemoryPolicy.sparse().window(0),
                    MemoryPolicy.sparse().sinks(-64),
                    MemoryPolicy.sparse().topK(11),
                    MemoryPolicy.sparse().candidates(3),
                    MemoryPolicy.sparse().refresh(8).survey(12), MemoryPolicy.sparse().refresh(12))) {
                assertThatThrownBy(() -> session.memory(policy))
                        .as(policy.toString())
                        .isInstanceOf(MemoryRefused.class)
                        .hasMessageContaining("'s'");
            }
            assertThatThrownBy(() -> session.pin(1))
                    .isInstanceOf(PinRefused.class)
                    .hasMessageContaining("turn 1")
                    .hasMessageContaining("pinned");
            assertThatThrownBy(() -> session.pin(3)).isInstanceOf(NoSuchTurn.class);
            assertThatThrownBy(() -> session.pin(0)).isInstanceOf(NoSuchTurn.class);
            assertThatThrownBy(() -> session.unpin(1)).isInstanceOf(InvalidRequest.class);
            assertThatThrownBy(() -> opening(mneme, "n").memory(MemoryPolicy.sparse().window(60)).open())
                    .isInstanceOf(MemoryRefused.class);

            assertThat(session.describe()).isEqualTo(before);
            assertThat(mneme.tenant("default").list()).hasSize(1);
            session.memory(MemoryPolicy.dense());
            session.pin(1);
            assertThatThrownBy(() -> session.memory(MemoryPolicy.sparse().window(1024).topK(10)))
                    .as("a pin is looked at when it comes to matter")
                    .isInstanceOf(MemoryRefused.class);
        }
    }
}
