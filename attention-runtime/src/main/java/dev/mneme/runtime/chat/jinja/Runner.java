package dev.mneme.runtime.chat.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/** Runs statements in scopes and collects what they write. */
final class Runner {
    private static final int LONGEST_OUTPUT = 64 << 20;
    private static final int DEEPEST_MACRO = 100;

    /** How a list of statements ended. */
    private enum Flow {
        NORMAL,
        BREAK,
        CONTINUE
    }

    private StringBuilder out = new StringBuilder();
    private int macroDepth;

    private Runner() {}

    static String run(List<Statement> template, Scope scope) {
        var runner = new Runner();
        runner.runAll(template, scope);
        return runner.out.toString();
    }

    private Flow runAll(List<Statement> statements, Scope scope) {
        for (Statement statement : statements) {
            Flow flow = runLocated(statement, scope);
            if (flow != Flow.NORMAL) {
                return flow;
            }
        }
        return Flow.NORMAL;
    }

    private Flow runLocated(Statement statement, Scope scope) {
        try {
            return run(statement, scope);
        } catch (JinjaException e) {
            throw e.at(statement.line());
        } catch (NoSuchElementException | IndexOutOfBoundsException e) {
            throw new JinjaException(statement.line(), "a function, method, filter or test lacks an argument");
        }
    }

    private Flow run(Statement statement, Scope scope) {
        switch (statement) {
            case Statement.Text text -> write(text.text());
            case Statement.Output output -> write(Values.text(Evaluator.evaluate(output.expression(), scope)));
            case Statement.If branches -> {
                return runIf(branches, scope);
            }
            case Statement.For loop -> runFor(loop, scope);
            case Statement.Set set -> assign(set.targets(), Evaluator.evaluate(set.value(), scope), scope);
            case Statement.SetAttribute set -> setAttribute(set, scope);
            case Statement.SetBlock set -> scope.set(set.target(), captured(set.body(), new Scope(scope)));
            case Statement.Macro macro -> scope.set(macro.name(), callable(macro, scope));
            case Statement.Break _ -> {
                return Flow.BREAK;
            }
            case Statement.Continue _ -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.NORMAL;
    }

    private void write(String text) {
        if (out.length() + (long) text.length() > LONGEST_OUTPUT) {
            throw new JinjaException("the output is longer than " + LONGEST_OUTPUT + " characters");
        }
        out.append(text);
    }

    private Flow runIf(Statement.If statement, Scope scope) {
        for (Statement.Branch branch : statement.branches()) {
            if (Values.isTrue(Evaluator.evaluate(branch.condition(), scope))) {
                return runAll(branch.body(), scope);
            }
        }
        return runAll(statement.otherwise(), scope);
    }

    private void runFor(Statement.For loop, Scope scope) {
        List<Object> items = new ArrayList<>();
        for (Object item : Values.elements(Evaluator.evaluate(loop.items(), scope))) {
            var itemScope = new Scope(scope);
            assign(loop.targets(), item, itemScope);
            if (loop.condition().isEmpty() || Values.isTrue(Evaluator.evaluate(loop.condition().get(), itemScope))) {
                items.add(item);
            }
        }
        if (items.isEmpty()) {
            runAll(loop.otherwise(), new Scope(scope));
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            var itemScope = new Scope(scope);
            itemScope.set("loop", loopVariables(items, i));
            assign(loop.targets(), items.get(i), itemScope);
            if (runAll(loop.body(), itemScope) == Flow.BREAK) {
                return;
            }
        }
    }

    private static Namespace loopVariables(List<Object> items, int i) {
        Map<String, Object> loop = new HashMap<>();
        long size = items.size();
        loop.put("index", i + 1L);
        loop.put("index0", (long) i);
        loop.put("revindex", size - i);
        loop.put("revindex0", size - i - 1);
        loop.put("first", i == 0);
        loop.put("last", i == size - 1);
        loop.put("length", size);
        loop.put("previtem", i > 0 ? items.get(i - 1) : new Undefined("previtem"));
        loop.put("nextitem", i < size - 1 ? items.get(i + 1) : new Undefined("nextitem"));
        loop.put("cycle", (Callable) (arguments, named) -> arguments.get(i % arguments.size()));
        return Namespace.of(loop);
    }

    private static void assign(List<String> targets, Object value, Scope scope) {
        if (targets.size() == 1) {
            scope.set(targets.getFirst(), value);
            return;
        }
        List<Object> values = Values.elements(value);
        if (values.size() != targets.size()) {
            throw new JinjaException(targets.size() + " names for " + values.size() + " values");
        }
        for (int i = 0; i < targets.size(); i++) {
            scope.set(targets.get(i), values.get(i));
        }
    }

    private static void setAttribute(Statement.SetAttribute set, Scope scope) {
        if (!(scope.get(set.namespace()) instanceof Namespace namespace)) {
            throw new JinjaException("'" + set.namespace() + "' is no namespace");
        }
        namespace.attributes().put(set.attribute(), Evaluator.evaluate(set.value(), scope));
    }

    private String captured(List<Statement> body, Scope scope) {
        StringBuilder outer = out;
        out = new StringBuilder();
        try {
            runAll(body, scope);
            return out.toString();
        } finally {
            out = outer;
        }
    }

    private Callable callable(Statement.Macro macro, Scope scope) {
        return (arguments, named) -> {
            var inside = new Scope(scope);
            for (int i = 0; i < macro.parameters().size(); i++) {
                Statement.Parameter parameter = macro.parameters().get(i);
                Object otherwise = named.getOrDefault(parameter.name(), new Undefined(parameter.name()));
                if (i < arguments.size()) {
                    inside.set(parameter.name(), arguments.get(i));
                } else if (otherwise instanceof Undefined && parameter.otherwise().isPresent()) {
                    inside.set(parameter.name(), Evaluator.evaluate(parameter.otherwise().get(), inside));
                } else {
                    inside.set(parameter.name(), otherwise);
                }
            }
            if (++macroDepth > DEEPEST_MACRO) {
                throw new JinjaException("macros call one another more than " + DEEPEST_MACRO + " deep");
            }
            try {
                return captured(macro.body(), inside);
            } finally {
                macroDepth--;
            }
        };
    }
}
