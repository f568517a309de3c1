package dev.mneme.runtime.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Arithmetic, as Python does it. */
final class Operators {
    private static final int LONGEST = 10_000_000;

    private Operators() {}

    static Object apply(String operator, Object left, Object right) {
        if (operator.equals("~")) {
            return Values.text(left) + Values.text(right);
        }
        if (Values.isNumber(left) && Values.isNumber(right)) {
            boolean floats = left instanceof Double || right instanceof Double;
            return floats || operator.equals("/")
                    ? onFloats(operator, Values.number(left), Values.number(right))
                    : onIntegers(operator, Values.integer(left), Values.integer(right));
        }
        if (operator.equals("+") && left instanceof String a && right instanceof String b) {
            return a + b;
        }
        if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
            List<Object> both = new ArrayList<>(a);
            both.addAll(b);
            return both;
        }
        if (operator.equals("*") && left instanceof String text && Values.isNumber(right)) {
            return text.repeat(times(text.length(), right));
        }
        if (operator.equals("*") && left instanceof List<?> list && Values.isNumber(right)) {
            List<Object> repeated = new ArrayList<>();
            for (List<?> copy : Collections.nCopies(times(list.size(), right), list)) {
                repeated.addAll(copy);
            }
            return repeated;
        }
        throw new JinjaException("'%s' is not defined for %s and %s"
                .formatted(operator, Values.kind(left), Values.kind(right)));
    }

    private static int times(int length, Object factor) {
        long times = Math.max(0, Values.integer(factor));
        if (times * length > LONGEST) {
            throw new JinjaException("a text or list of more than " + LONGEST + " elements is refused");
        }
        return (int) times;
    }

    private static Object onFloats(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / nonZero(b);
            case "//" -> Math.floor(a / nonZero(b));
            case "%" -> a - b * Math.floor(a / nonZero(b));
            default -> Math.pow(a, b);
        };
    }

    private static Object onIntegers(String operator, long a, long b) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDiv(a, nonZero(b));
                case "%" -> Math.floorMod(a, nonZero(b));
                default -> b < 0 ? (Object) Math.pow((double) a, (double) b) : Math.powExact(a, Math.toIntExact(b));
            };
        } catch (ArithmeticException e) {
            throw new JinjaException("the result of %d %s %d is too large".formatted(a, operator, b));
        }
    }

    private static double nonZero(double divisor) {
        if (divisor == 0) {
            throw new JinjaException("division by zero");
        }
        return divisor;
    }

    private static long nonZero(long divisor) {
        if (divisor == 0) {
            throw new JinjaException("division by zero");
        }
        return divisor;
    }
}
