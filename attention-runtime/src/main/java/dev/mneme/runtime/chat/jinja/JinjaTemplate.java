package dev.mneme.runtime.chat.jinja;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A compiled template. Immutable and thread-safe.
 *
 * <p>Besides the variables it is given a template can call {@code raise_exception(text)}, {@code strftime_now(format)},
 * {@code namespace(…)}, {@code dict(…)} and {@code range(…)}.
 */
public final class JinjaTemplate {
    private static final long LONGEST_RANGE = 100_000;

    private final List<Statement> statements;

    private JinjaTemplate(List<Statement> statements) {
        this.statements = statements;
    }

    /** @throws JinjaException if the template is not valid or uses a tag that is not supported */
    public static JinjaTemplate compile(String template) {
        try {
            return new JinjaTemplate(StatementParser.parse(template));
        } catch (StackOverflowError e) {
            throw new JinjaException("the template is nested too deeply");
        }
    }

    /**
     * @param variables texts, numbers (Long, Double), booleans, and lists and maps of these
     * @param date what {@code strftime_now} tells; only its day is known
     * @throws JinjaException.Raised if the template refuses the variables
     * @throws JinjaException if it fails otherwise
     */
    public String render(Map<String, Object> variables, LocalDate date) {
        var globals = new Scope(null);
        globals.set("raise_exception", (Callable) (arguments, named) -> {
            throw new JinjaException.Raised(arguments.isEmpty() ? "" : Values.text(arguments.getFirst()));
        });
        globals.set("strftime_now", (Callable) (arguments, named) -> Strftime.format(Values.text(arguments.getFirst()), date));
        globals.set("namespace", (Callable) (arguments, named) -> namespace(arguments, named));
        globals.set("dict", (Callable) (arguments, named) -> new LinkedHashMap<Object, Object>(named));
        globals.set("range", (Callable) (arguments, named) -> range(arguments));
        var scope = new Scope(globals);
        variables.forEach(scope::set);
        try {
            return Runner.run(statements, scope);
        } catch (StackOverflowError e) {
            throw new JinjaException("the template's values are nested too deeply");
        }
    }

    /** What the filter {@code trim} makes of a text. */
    public static String trim(String text) {
        return PythonStrings.strip(text, "", PythonStrings.Side.BOTH);
    }

    private static Namespace namespace(List<Object> arguments, Map<String, Object> named) {
        Namespace namespace = Namespace.of(named);
        for (Object argument : arguments) {
            if (argument instanceof Map<?, ?> map) {
                map.forEach((key, value) -> namespace.attributes().put(Values.text(key), value));
            }
        }
        return namespace;
    }

    private static List<Object> range(List<Object> arguments) {
        long from = arguments.size() > 1 ? Values.integer(arguments.getFirst()) : 0;
        long to = Values.integer(arguments.get(arguments.size() > 1 ? 1 : 0));
        long step = arguments.size() > 2 ? Values.integer(arguments.get(2)) : 1;
        long count = step == 0 ? -1 : Math.max(0, Math.ceilDiv(to - from, step));
        if (count < 0 || count > LONGEST_RANGE) {
            throw new JinjaException("a range of more than " + LONGEST_RANGE + " numbers, or with a step of 0, is refused");
        }
        return LongStream.range(0, count).<Object>mapToObj(i -> from + i * step).toList();
    }
}
