package dev.mneme.persistence.rocksdb;

/** What a key is about: the first byte of every key. A letter is never given a second meaning. */
public enum Space {
    /** Persistence id, sequence number: an event. */
    EVENT('e'),
    /** Persistence id: the highest sequence number ever, written when events are deleted. */
    HIGHEST('q'),
    /** Persistence id, sequence number, time: a snapshot. */
    SNAPSHOT('s'),
    /** The version of the indexes. */
    META('m'),
    /** Tenant, name: a session id. */
    NAME('n'),
    /** Tenant, session id: the first event of the session. */
    FACTS('f'),
    /** Tenant, session id: where the session stands. */
    HEAD('h'),
    /** Tenant, session id, child's session id: a fork reads this session. */
    CHILD('c'),
    /** Tenant, session id, branch: where the branch left which other one. */
    BRANCH('b'),
    /** Tenant, session id, branch, position: the event whose tokens begin there. */
    POSITION('p'),
    /** Tenant, session id, branch, turn: what the turn covers. */
    TURN('t'),
    /** Tenant, session id, branch: the memory edits that were made in it. */
    EDITS('d'),
    /** Tenant, session id, request id: what came of the request. */
    REQUEST('r'),
    /** Tenant, name, request id: the session that the request deleted. */
    DELETION('x'),
    /** Tenant, session id, branch, block: the block's key and checksums. */
    BLOCK('k');

    private final byte letter;

    Space(char letter) {
        this.letter = (byte) letter;
    }

    byte letter() {
        return letter;
    }
}
