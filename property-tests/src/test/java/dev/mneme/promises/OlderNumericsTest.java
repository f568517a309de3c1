package dev.mneme.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.MemoryPolicy;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.ShortWindow;
import dev.mneme.TurnOptions;
import dev.mneme.errors.SessionFailed;
import dev.mneme.runtime.numerics.Numerics;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A session that an older Mneme computed in other arithmetic goes on in that of today, and its journal says from where on. */
class OlderNumericsTest {
    private static final String TENANT = "t";
    private static final TurnOptions FEW = TurnOptions.greedy().withMaxTokens(70);
    private static final MemoryPolicy MEMORY =
            MemoryPolicy.sparse().sinks(0).window(64).topK(2).candidates(4).refresh(8);

    private final String model = ShortWindow.model("llama", 320).toString();

    private Session told(House house) {
        Session session = house.session(TENANT, "straight", model, MEMORY);
        session.ingest("a cab had a bad dad ".repeat(50), FEW).await();
        return session;
    }

    @Test
    void itGoesOverOnceAndKeepsItsEarlierBlocks() {
        try (House house = new House()) {
            Session straight = told(house);
            Session older = house.older(TENANT, "straight", "older");

            Reply first = older.say("abc", FEW);
            assertThat(first.receipt().picked()).contains("numerics version " + Numerics.VERSION);
            assertThat(first.tokens()).isEqualTo(straight.say("abc", FEW).tokens());
            List<Integer> second = straight.say("de", FEW).tokens();
            assertThat(older.fork("fork").say("de", FEW).tokens()).isEqualTo(second);

            house.restart();
            Reply later = house.session(TENANT, "older").say("de", FEW);
            assertThat(later.receipt().picked()).isEmpty();
            assertThat(later.receipt().rebuilt()).isZero();
            assertThat(later.tokens()).isEqualTo(second);
            assertThat(house.findings()).isEmpty();
        }
    }

    /** What the older Mneme computed past the window this one cannot compute; a stored block that is lost is lost. */
    @Test
    void aLostBlockThatComesBackOtherwiseIsRefusedWithTheVersions() {
        try (House house = new House()) {
            int said = told(house).describe().tokens();
            Session older = house.older(TENANT, "straight", "older");
            TurnOptions few = FEW.withMaxTokens(5);
            older.say("abc", few);
            int last = said / 64 - 1;
            house.misremember(TENANT, "older", last);
            house.restart();
            house.lose(TENANT, "older");
            assertThatThrownBy(() -> house.session(TENANT, "older").say("de", few))
                    .isInstanceOf(SessionFailed.class)
                    .hasMessageContaining("numerics version " + (Numerics.VERSION - 1))
                    .hasMessageContaining("rewind to a turn before token " + last * 64);
        }
    }
}
