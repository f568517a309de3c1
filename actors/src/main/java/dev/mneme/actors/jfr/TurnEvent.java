package dev.mneme.actors.jfr;

import dev.mneme.persistence.event.TurnCost;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A turn, from its command to its end. */
@Name("dev.mneme.Turn")
@Label("Turn")
@Category("Mneme")
@StackTrace(false)
public final class TurnEvent extends Event {
    @Label("Session")
    String session = "";

    @Label("Finish")
    String finish = "";

    @Label("Reused Tokens")
    int reused;

    @Label("Computed Tokens")
    int computed;

    @Label("Rebuilt Tokens")
    int rebuilt;

    /** Ends the event and records it if somebody listens. */
    public void ended(String sessionName, String finishReason, TurnCost cost) {
        end();
        if (shouldCommit()) {
            session = sessionName;
            finish = finishReason;
            reused = cost.reused();
            computed = cost.computed();
            rebuilt = cost.rebuilt();
            commit();
        }
    }
}
