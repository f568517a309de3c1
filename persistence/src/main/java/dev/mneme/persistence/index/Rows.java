package dev.mneme.persistence.index;

import dev.mneme.persistence.rocksdb.Key;
import dev.mneme.persistence.rocksdb.Space;

/** The keys of the index rows of one session. */
record Rows(String tenant, String sessionId) {
    Rows(SessionPersistenceId id) {
        this(id.tenant(), id.sessionId());
    }

    static Key names(String tenant) {
        return Key.in(Space.NAME).text(tenant);
    }

    static Key deletion(String tenant, String name, String requestId) {
        return Key.in(Space.DELETION).text(tenant).text(name).text(requestId);
    }

    static Key sessions(String tenant) {
        return Key.in(Space.HEAD).text(tenant);
    }

    Rows of(String otherSessionId) {
        return new Rows(tenant, otherSessionId);
    }

    Key head() {
        return in(Space.HEAD);
    }

    Key facts() {
        return in(Space.FACTS);
    }

    Key children() {
        return in(Space.CHILD);
    }

    Key child(String childSessionId) {
        return children().text(childSessionId);
    }

    Key branch(long branch) {
        return in(Space.BRANCH).number(branch);
    }

    Key position(long branch, int position) {
        return in(Space.POSITION).number(branch).number(position);
    }

    Key turns(long branch) {
        return in(Space.TURN).number(branch);
    }

    Key turn(long branch, int turn) {
        return turns(branch).number(turn);
    }

    Key edits(long branch) {
        return in(Space.EDITS).number(branch);
    }

    Key request(String requestId) {
        return in(Space.REQUEST).text(requestId);
    }

    Key block(long branch, int block) {
        return in(Space.BLOCK).number(branch).number(block);
    }

    Key in(Space space) {
        return Key.in(space).text(tenant).text(sessionId);
    }
}
