package dev.mneme.runtime.chat.jinja;

import dev.mneme.runtime.chat.jinja.Expression.Arguments;
import dev.mneme.runtime.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parses what operators stand between: names, literals and bracketed values, with what is appended to them. */
final class OperandParser {
    private static final Map<String, Object> CONSTANTS = Map.of("true", true, "True", true, "false", false, "False", false,
            "none", None.NONE, "None", None.NONE);

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    /** @param expressions parses what stands in brackets */
    OperandParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    /** A value and all that is appended to it: attributes, items, slices, calls. */
    Expression operand() {
        Expression target = primary();
        while (true) {
            Token token = tokens.peek();
            if (token.isOperator(".")) {
                tokens.next();
                Token name = tokens.next();
                target = name.kind() == Kind.INTEGER
                        ? new Expression.Item(target, new Expression.Literal(Long.valueOf(name.text())))
                        : new Expression.Attribute(target, name.text());
            } else if (token.isOperator("[")) {
                tokens.next();
                target = subscript(target);
            } else if (token.isOperator("(")) {
                target = new Expression.Call(target, arguments());
            } else {
                return target;
            }
        }
    }

    private Expression subscript(Expression target) {
        Optional<Expression> from = tokens.peek().isOperator(":") ? Optional.empty() : Optional.of(expressions.expression());
        if (from.isPresent() && tokens.skipOperator("]")) {
            return new Expression.Item(target, from.get());
        }
        tokens.expectOperator(":");
        Optional<Expression> to = sliceEnd();
        Optional<Expression> step = tokens.skipOperator(":") ? sliceEnd() : Optional.empty();
        tokens.expectOperator("]");
        return new Expression.Slice(target, from, to, step);
    }

    private Optional<Expression> sliceEnd() {
        boolean absent = tokens.peek().isOperator(":") || tokens.peek().isOperator("]");
        return absent ? Optional.empty() : Optional.of(expressions.expression());
    }

    /** Arguments in brackets, by position and by name. */
    Arguments arguments() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.skipOperator(")")) {
            if (tokens.peek().kind() == Kind.NAME && tokens.peekSecond().isOperator("=")) {
                String name = tokens.next().text();
                tokens.next();
                named.put(name, expressions.expression());
            } else {
                positional.add(expressions.expression());
            }
            if (!tokens.peek().isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return new Arguments(positional, named);
    }

    private Expression primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> CONSTANTS.containsKey(token.text())
                    ? new Expression.Literal(CONSTANTS.get(token.text()))
                    : new Expression.Name(token.text());
            case STRING -> new Expression.Literal(adjacentStrings(token.text()));
            case INTEGER -> new Expression.Literal(Long.valueOf(token.text()));
            case FLOAT -> new Expression.Literal(Double.valueOf(token.text()));
            case OPERATOR -> switch (token.text()) {
                case "(" -> bracketed();
                case "[" -> new Expression.ListOf(itemsUntil("]"));
                case "{" -> dict();
                default -> throw new JinjaException(token.line(), "expected a value, found " + token);
            };
            default -> throw new JinjaException(token.line(), "expected a value, found " + token);
        };
    }

    private String adjacentStrings(String first) {
        var text = new StringBuilder(first);
        while (tokens.peek().kind() == Kind.STRING) {
            text.append(tokens.next().text());
        }
        return text.toString();
    }

    private Expression bracketed() {
        if (tokens.skipOperator(")")) {
            return new Expression.ListOf(List.of());
        }
        Expression inside = expressions.tuple();
        tokens.expectOperator(")");
        return inside;
    }

    private List<Expression> itemsUntil(String close) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator(close)) {
            items.add(expressions.expression());
            if (!tokens.peek().isOperator(close)) {
                tokens.expectOperator(",");
            }
        }
        return items;
    }

    private Expression dict() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            keys.add(expressions.expression());
            tokens.expectOperator(":");
            values.add(expressions.expression());
            if (!tokens.peek().isOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new Expression.DictOf(keys, values);
    }
}
