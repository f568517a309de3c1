package dev.mneme.runtime.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The value of an expression in a scope. */
final class Evaluator {
    private Evaluator() {}

    static Object evaluate(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Name name -> scope.get(name.name());
            case Expression.ListOf list -> all(list.items(), scope);
            case Expression.DictOf dict -> dict(dict, scope);
            case Expression.Attribute attribute -> Access.attribute(evaluate(attribute.target(), scope), attribute.name());
            case Expression.Item item -> Access.item(evaluate(item.target(), scope), evaluate(item.key(), scope));
            case Expression.Slice slice -> slice(slice, scope);
            case Expression.Call call -> call(call, scope);
            case Expression.Filter filter -> filter(filter, scope);
            case Expression.Test test -> test(test, scope);
            case Expression.Not not -> !Values.isTrue(evaluate(not.operand(), scope));
            case Expression.Negative negative -> Operators.apply("-", 0L, evaluate(negative.operand(), scope));
            case Expression.And and -> {
                Object left = evaluate(and.left(), scope);
                yield Values.isTrue(left) ? evaluate(and.right(), scope) : left;
            }
            case Expression.Or or -> {
                Object left = evaluate(or.left(), scope);
                yield Values.isTrue(left) ? left : evaluate(or.right(), scope);
            }
            case Expression.Binary binary ->
                    Operators.apply(binary.operator(), evaluate(binary.left(), scope), evaluate(binary.right(), scope));
            case Expression.Comparison comparison -> compare(comparison, scope);
            case Expression.Conditional conditional -> Values.isTrue(evaluate(conditional.condition(), scope))
                    ? evaluate(conditional.then(), scope)
                    : conditional.otherwise().map(e -> evaluate(e, scope)).orElseGet(() -> new Undefined("else"));
        };
    }

    private static List<Object> all(List<Expression> expressions, Scope scope) {
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private static Map<String, Object> all(Map<String, Expression> expressions, Scope scope) {
        Map<String, Object> values = new LinkedHashMap<>();
        expressions.forEach((name, expression) -> values.put(name, evaluate(expression, scope)));
        return values;
    }

    private static Map<Object, Object> dict(Expression.DictOf dict, Scope scope) {
        Map<Object, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < dict.keys().size(); i++) {
            values.put(evaluate(dict.keys().get(i), scope), evaluate(dict.values().get(i), scope));
        }
        return values;
    }

    private static Object slice(Expression.Slice slice, Scope scope) {
        return Access.slice(evaluate(slice.target(), scope), slice.from().map(e -> evaluate(e, scope)),
                slice.to().map(e -> evaluate(e, scope)), slice.step().map(e -> evaluate(e, scope)));
    }

    private static Object call(Expression.Call call, Scope scope) {
        List<Object> positional = all(call.arguments().positional(), scope);
        Map<String, Object> named = all(call.arguments().named(), scope);
        if (call.target() instanceof Expression.Attribute method) {
            return Methods.call(evaluate(method.target(), scope), method.name(), positional, named);
        }
        Object target = evaluate(call.target(), scope);
        if (target instanceof Callable callable) {
            return callable.call(positional, named);
        }
        throw new JinjaException(Values.kind(target) + " cannot be called");
    }

    private static Object filter(Expression.Filter filter, Scope scope) {
        return Filters.apply(filter.name(), evaluate(filter.input(), scope),
                all(filter.arguments().positional(), scope), all(filter.arguments().named(), scope));
    }

    private static Object test(Expression.Test test, Scope scope) {
        return Tests.holds(test.name(), evaluate(test.input(), scope), all(test.arguments().positional(), scope));
    }

    private static boolean compare(Expression.Comparison comparison, Scope scope) {
        Object left = evaluate(comparison.first(), scope);
        for (int i = 0; i < comparison.rest().size(); i++) {
            Object right = evaluate(comparison.rest().get(i), scope);
            boolean holds = switch (comparison.operators().get(i)) {
                case "==" -> Values.equal(left, right);
                case "!=" -> !Values.equal(left, right);
                case "in" -> Values.contains(right, left);
                case "not in" -> !Values.contains(right, left);
                case "<" -> Values.compare(left, right) < 0;
                case "<=" -> Values.compare(left, right) <= 0;
                case ">" -> Values.compare(left, right) > 0;
                default -> Values.compare(left, right) >= 0;
            };
            if (!holds) {
                return false;
            }
            left = right;
        }
        return true;
    }
}
