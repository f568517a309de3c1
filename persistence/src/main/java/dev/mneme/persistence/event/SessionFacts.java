package dev.mneme.persistence.event;

import java.time.LocalDate;
import java.util.Optional;

/**
 * What is fixed when a session is created and what a fork inherits: the same few fields however long the session is.
 *
 * @param model the model
 * @param system the system text, if one was given
 * @param style how text becomes tokens
 * @param templateDate the date that the chat template is told, for good
 * @param kvFormat the format in which keys and values are kept
 * @param policy the memory policy that it begins with; edits change it, as they do the format
 * @param numericsVersion the version of the canonical order of arithmetic
 */
public record SessionFacts(
        ModelRef model,
        Optional<String> system,
        SessionStyle style,
        LocalDate templateDate,
        String kvFormat,
        String policy,
        int numericsVersion) {}
