package dev.mneme.persistence.event;

import java.util.Optional;

/**
 * The session was deleted. Its name is free at once; its events go when no fork reads them any more.
 *
 * @param requestId the caller's request id
 */
public record SessionDeleted(Optional<String> requestId) implements SessionEvent {}
