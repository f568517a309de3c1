package dev.mneme.runtime.chat.jinja;

import dev.mneme.runtime.chat.jinja.Expression.Arguments;
import dev.mneme.runtime.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Recursive descent over Jinja's operators, loosest binding first, down to the operands. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final TokenStream tokens;
    private final OperandParser operands;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, this);
    }

    /** One expression, or several with commas between: a tuple. */
    Expression tuple() {
        Expression first = expression();
        if (!tokens.peek().isOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && startsExpression()) {
            items.add(expression());
        }
        return new Expression.ListOf(items);
    }

    private boolean startsExpression() {
        Token token = tokens.peek();
        return switch (token.kind()) {
            case NAME, STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> "([{-+".contains(token.text());
            default -> false;
        };
    }

    Expression expression() {
        Expression then = withoutConditional();
        while (tokens.skipName("if")) {
            Expression condition = withoutConditional();
            Optional<Expression> otherwise = tokens.skipName("else") ? Optional.of(expression()) : Optional.empty();
            then = new Expression.Conditional(condition, then, otherwise);
        }
        return then;
    }

    /** An expression in a place where {@code if} means something else. */
    Expression withoutConditional() {
        Expression left = and();
        while (tokens.skipName("or")) {
            left = new Expression.Or(left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.skipName("and")) {
            left = new Expression.And(left, not());
        }
        return left;
    }

    private Expression not() {
        return tokens.skipName("not") ? new Expression.Not(not()) : comparison();
    }

    private Expression comparison() {
        Expression first = sum();
        List<String> operators = new ArrayList<>();
        List<Expression> rest = new ArrayList<>();
        while (true) {
            if (tokens.peek().kind() == Kind.OPERATOR && COMPARISONS.contains(tokens.peek().text())) {
                operators.add(tokens.next().text());
            } else if (tokens.skipName("in")) {
                operators.add("in");
            } else if (tokens.peek().isName("not") && tokens.peekSecond().isName("in")) {
                tokens.next();
                tokens.next();
                operators.add("not in");
            } else {
                return rest.isEmpty() ? first : new Expression.Comparison(first, operators, rest);
            }
            rest.add(sum());
        }
    }

    private Expression sum() {
        Expression left = concatenation();
        while (tokens.peek().isOperator("+") || tokens.peek().isOperator("-")) {
            Token operator = tokens.next();
            left = new Expression.Binary(operator.text(), left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        Expression left = product();
        while (tokens.peek().isOperator("~")) {
            tokens.next();
            left = new Expression.Binary("~", left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = power();
        while (tokens.peek().kind() == Kind.OPERATOR && Set.of("*", "/", "//", "%").contains(tokens.peek().text())) {
            Token operator = tokens.next();
            left = new Expression.Binary(operator.text(), left, power());
        }
        return left;
    }

    private Expression power() {
        Expression left = filtered();
        while (tokens.peek().isOperator("**")) {
            tokens.next();
            left = new Expression.Binary("**", left, filtered());
        }
        return left;
    }

    private Expression filtered() {
        Expression input = signed();
        while (true) {
            if (tokens.skipOperator("|")) {
                Token name = tokens.expect(Kind.NAME);
                Arguments arguments = tokens.peek().isOperator("(") ? operands.arguments() : Arguments.NONE;
                input = new Expression.Filter(input, name.text(), arguments);
            } else if (tokens.skipName("is")) {
                boolean negated = tokens.skipName("not");
                Token name = tokens.expect(Kind.NAME);
                Expression test = new Expression.Test(input, name.text(), testArguments());
                input = negated ? new Expression.Not(test) : test;
            } else {
                return input;
            }
        }
    }

    /** A test's argument may stand without brackets. */
    private Arguments testArguments() {
        Token next = tokens.peek();
        if (next.isOperator("(")) {
            return operands.arguments();
        }
        boolean operand = switch (next.kind()) {
            case NAME -> !Set.of("else", "or", "and", "is", "if", "in", "not").contains(next.text());
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> next.text().equals("[") || next.text().equals("{");
            default -> false;
        };
        return operand ? new Arguments(List.of(operands.operand()), Map.of()) : Arguments.NONE;
    }

    private Expression signed() {
        if (tokens.skipOperator("-")) {
            return new Expression.Negative(signed());
        }
        if (tokens.skipOperator("+")) {
            return signed();
        }
        return operands.operand();
    }
}
