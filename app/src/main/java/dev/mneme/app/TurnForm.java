package dev.mneme.app;

import dev.mneme.Session;
import dev.mneme.Turn;
import dev.mneme.TurnOptions;
import java.util.function.BiFunction;
import picocli.CommandLine.Mixin;

/** The options of every command that runs a turn, and how such a command goes. */
final class TurnForm {
    @Mixin
    private SessionChoice choice = new SessionChoice();

    @Mixin
    private TurnChoice turn = new TurnChoice();

    @Mixin
    private TurnOutput output = new TurnOutput();

    /** How a turn is to be replied to. */
    TurnOptions options() {
        return turn.options();
    }

    OpenMemory memory(MemoryPlace place, String session) {
        return OpenMemory.expecting(session, place, choice.runtime().options());
    }

    /** The session of this name, begun if there is none. */
    Session session(OpenMemory memory, String name, Console console) {
        return choice.open(memory, name, console);
    }

    /** Shows a turn to its end; the exit code is what it came to. */
    int show(Console console, OpenMemory memory, Session session, Turn started) {
        return output.show(console, memory, session, started);
    }

    /** Runs one turn of the session of this name, which is begun if there is none. */
    int run(MemoryPlace place, Console console, String name, BiFunction<Session, TurnOptions, Turn> start) {
        TurnOptions options = options();
        try (OpenMemory memory = memory(place, name)) {
            Session session = session(memory, name, console);
            return show(console, memory, session, start.apply(session, options));
        }
    }

    /** Runs one turn of a session that has to be there. */
    int runExisting(MemoryPlace place, Console console, String name, BiFunction<Session, TurnOptions, Turn> start) {
        TurnOptions options = options();
        try (OpenMemory memory = memory(place, name)) {
            Session session = choice.existing(memory, name);
            return show(console, memory, session, start.apply(session, options));
        }
    }
}
