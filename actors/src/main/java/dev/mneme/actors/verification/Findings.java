package dev.mneme.actors.verification;

import dev.mneme.actors.verification.Finding.Kind;
import java.util.ArrayList;
import java.util.List;

/** Collects findings, and says whose they are. */
final class Findings {
    private final List<Finding> all = new ArrayList<>();
    private String tenant = "";
    private String session = "";

    /** What follows is about this session of this tenant; either may be empty. */
    void about(String newTenant, String newSession) {
        tenant = newTenant;
        session = newSession;
    }

    void loss(String where, String what) {
        add(Kind.LOSS, where, what);
    }

    void damage(String where, String what) {
        add(Kind.DAMAGE, where, what);
    }

    void leftover(String where, String what) {
        add(Kind.LEFTOVER, where, what);
    }

    private void add(Kind kind, String where, String what) {
        all.add(new Finding(kind, tenant, session, where, what));
    }

    /** How many there are, to go back to. */
    int mark() {
        return all.size();
    }

    /** Takes back what was found after the mark. */
    void backTo(int mark) {
        all.subList(mark, all.size()).clear();
    }

    List<Finding> all() {
        return all;
    }
}
