package dev.mneme.actors.jfr;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A full block on its way into the store: from being handed over to being leased back. */
@Name("dev.mneme.Seal")
@Label("Seal")
@Category("Mneme")
@StackTrace(false)
public final class SealEvent extends Event {
    @Label("Session")
    String session = "";

    @Label("Block")
    int block;

    @Label("Rebuilt")
    boolean rebuilt;

    /** Ends the event and records it if somebody listens. */
    public void sealed(String sessionName, int sealedBlock, boolean wasRebuilt) {
        end();
        if (shouldCommit()) {
            session = sessionName;
            block = sealedBlock;
            rebuilt = wasRebuilt;
            commit();
        }
    }
}
