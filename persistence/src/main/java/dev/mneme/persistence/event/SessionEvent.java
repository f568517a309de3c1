package dev.mneme.persistence.event;

/**
 * What has happened to a session. Immutable, compared by value, written once and never changed.
 *
 * <p>The first event of a session is {@link SessionCreated} or {@link SessionForked}; {@link SessionDeleted} is the last.
 * Tokens come only in {@link TurnStarted}, {@link PromptExtended} and {@link TokensSampled}, each at the position where
 * the one before it ended.
 */
public sealed interface SessionEvent
        permits SessionCreated,
                SessionForked,
                TurnStarted,
                PromptExtended,
                TokensSampled,
                TurnResumed,
                TurnEnded,
                Rewound,
                MemoryEdited,
                SessionDeleted {}
