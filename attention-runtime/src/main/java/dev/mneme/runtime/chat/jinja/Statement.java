package dev.mneme.runtime.chat.jinja;

import java.util.List;
import java.util.Optional;

/** The tree of a template. */
sealed interface Statement {
    record Text(String text) implements Statement {}

    record Output(Expression expression) implements Statement {}

    record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

    /** One condition of an {@link If} and what it guards. */
    record Branch(Expression condition, List<Statement> body) {}

    record For(List<String> targets, Expression items, Optional<Expression> condition, List<Statement> body,
            List<Statement> otherwise, int line) implements Statement {}

    record Set(List<String> targets, Expression value, int line) implements Statement {}

    /** {@code set namespace.attribute = value}. */
    record SetAttribute(String namespace, String attribute, Expression value, int line) implements Statement {}

    /** {@code set name} … {@code endset}. */
    record SetBlock(String target, List<Statement> body) implements Statement {}

    record Macro(String name, List<Parameter> parameters, List<Statement> body) implements Statement {}

    record Parameter(String name, Optional<Expression> otherwise) {}

    record Break() implements Statement {}

    record Continue() implements Statement {}
}
