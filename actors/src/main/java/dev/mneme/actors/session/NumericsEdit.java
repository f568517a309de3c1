package dev.mneme.actors.session;

import dev.mneme.actors.session.SessionState.Live;
import dev.mneme.persistence.event.EditKind;
import dev.mneme.persistence.event.MemoryEdited;
import dev.mneme.runtime.numerics.Numerics;
import java.util.Optional;

/**
 * What is journaled when a session goes on in another order of arithmetic than it was computed in so far, because Mneme became
 * another one meanwhile: from the next block on its content addresses name the new one. Earlier blocks stay what they are.
 */
final class NumericsEdit {
    private NumericsEdit() {}

    /** The edit that has to come before the session's next token is computed, if one has to. */
    static Optional<MemoryEdited> due(Live live) {
        return live.timeline().latestNumerics() == Numerics.VERSION
                ? Optional.empty()
                : Optional.of(new MemoryEdited(
                        live.position(), EditKind.NUMERICS, String.valueOf(Numerics.VERSION), 0, 0, Optional.empty()));
    }
}
