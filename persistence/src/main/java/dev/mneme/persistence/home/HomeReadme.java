package dev.mneme.persistence.home;

/** What a home says about itself to whoever finds it. */
final class HomeReadme {
    static final String TEXT =
            """
            This directory is the memory of Mneme: language-model sessions that last.

            journal/              every session's tokens and turns, the only source of truth (a RocksDB database)
            tenants/T/blocks/     keys and values that the model computed for them, a cache: it is rebuilt if removed
            tenants/T/tails/      the same, of the last, unfinished block of each session
            tenants/T/secret      32 random bytes that keep tenants apart; without it the blocks are computed again
            version               the number of this layout
            lock                  locked while a process has this directory open; holds its process id

            T is the tenant's name, or '=' and its SHA-256 where the name has characters that file systems do not
            all take. To back a home up, copy the whole directory while no process has it open. To look inside,
            use the commands 'mneme sessions', 'mneme show' and 'mneme verify'.
            """;

    private HomeReadme() {}
}
