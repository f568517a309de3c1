package dev.mneme.runtime.chat.jinja;

import java.util.List;
import java.util.Optional;

/** The tree of a template. */
sealed interface Statement {
    /** Where it begins, from 1. */
    int line();

    record Text(String text, int line) implements Statement {}

    record Output(Expression expression, int line) implements Statement {}

    record If(List<Branch> branches, List<Statement> otherwise, int line) implements Statement {}

    /** One condition of an {@link If} and what it guards. */
    record Branch(Expression condition, List<Statement> body) {}

    record For(List<String> targets, Expression items, Optional<Expression> condition, List<Statement> body,
            List<Statement> otherwise, int line) implements Statement {}

    record Set(List<String> targets, Expression value, int line) implements Statement {}

    /** {@code set namespace.attribute = value}. */
    record SetAttribute(String namespace, String attribute, Expression value, int line) implements Statement {}

    /** {@code set name} … {@code endset}. */
    record SetBlock(String target, List<Statement> body, int line) implements Statement {}

    record Macro(String name, List<Parameter> parameters, List<Statement> body, int line) implements Statement {}

    record Parameter(String name, Optional<Expression> otherwise) {}

    record Break(int line) implements Statement {}

    record Continue(int line) implements Statement {}
}
