package dev.mneme.runtime.chat.jinja;

import dev.mneme.runtime.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Parses a template: text, outputs and block tags. */
final class StatementParser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;

    private StatementParser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    static List<Statement> parse(String template) {
        var parser = new StatementParser(new TokenStream(Lexer.tokens(template)));
        List<Statement> statements = parser.until(Set.of());
        if (parser.tokens.peek().kind() != Kind.END) {
            throw parser.tokens.expected("no further end tag");
        }
        return statements;
    }

    /** Statements up to a block tag with one of these names; its name is the next token then. */
    private List<Statement> until(Set<String> ends) {
        List<Statement> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.peek();
            switch (token.kind()) {
                case TEXT -> statements.add(new Statement.Text(tokens.next().text(), token.line()));
                case OUTPUT_BEGIN -> {
                    tokens.next();
                    statements.add(new Statement.Output(expressions.tuple(), token.line()));
                    tokens.expect(Kind.OUTPUT_END);
                }
                case BLOCK_BEGIN -> {
                    tokens.next();
                    if (ends.contains(tokens.peek().text())) {
                        return statements;
                    }
                    block(statements);
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw tokens.expected("a tag " + ends);
                    }
                    return statements;
                }
            }
        }
    }

    private void block(List<Statement> statements) {
        Token name = tokens.expect(Kind.NAME);
        switch (name.text()) {
            case "if" -> statements.add(parseIf(name.line()));
            case "for" -> statements.add(parseFor(name.line()));
            case "set" -> statements.add(parseSet(name.line()));
            case "macro" -> statements.add(parseMacro(name.line()));
            case "break" -> {
                endTag();
                statements.add(new Statement.Break(name.line()));
            }
            case "continue" -> {
                endTag();
                statements.add(new Statement.Continue(name.line()));
            }
            case "generation" -> { // marks what a model wrote, for training; means nothing here
                endTag();
                statements.addAll(until(Set.of("endgeneration")));
                closing("endgeneration");
            }
            default -> throw new JinjaException(name.line(), "the tag '" + name.text() + "' is not supported");
        }
    }

    private Statement parseIf(int line) {
        List<Statement.Branch> branches = new ArrayList<>();
        List<Statement> otherwise = List.of();
        do {
            Expression condition = expressions.tuple();
            endTag();
            branches.add(new Statement.Branch(condition, until(Set.of("elif", "else", "endif"))));
        } while (tokens.skipName("elif"));
        if (tokens.skipName("else")) {
            endTag();
            otherwise = until(Set.of("endif"));
        }
        closing("endif");
        return new Statement.If(branches, otherwise, line);
    }

    private Statement parseFor(int line) {
        List<String> targets = names();
        tokens.expectName("in");
        Expression items = expressions.withoutConditional();
        Optional<Expression> condition = tokens.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
        endTag();
        List<Statement> body = until(Set.of("else", "endfor"));
        List<Statement> otherwise = List.of();
        if (tokens.skipName("else")) {
            endTag();
            otherwise = until(Set.of("endfor"));
        }
        closing("endfor");
        return new Statement.For(targets, items, condition, body, otherwise, line);
    }

    private Statement parseSet(int line) {
        List<String> targets = names();
        if (targets.size() == 1 && tokens.skipOperator(".")) {
            String attribute = tokens.expect(Kind.NAME).text();
            tokens.expectOperator("=");
            Expression value = expressions.tuple();
            endTag();
            return new Statement.SetAttribute(targets.getFirst(), attribute, value, line);
        }
        if (targets.size() == 1 && tokens.peek().kind() == Kind.BLOCK_END) {
            endTag();
            List<Statement> body = until(Set.of("endset"));
            closing("endset");
            return new Statement.SetBlock(targets.getFirst(), body, line);
        }
        tokens.expectOperator("=");
        Expression value = expressions.tuple();
        endTag();
        return new Statement.Set(targets, value, line);
    }

    private Statement parseMacro(int line) {
        String name = tokens.expect(Kind.NAME).text();
        List<Statement.Parameter> parameters = new ArrayList<>();
        tokens.expectOperator("(");
        while (!tokens.skipOperator(")")) {
            String parameter = tokens.expect(Kind.NAME).text();
            parameters.add(new Statement.Parameter(parameter,
                    tokens.skipOperator("=") ? Optional.of(expressions.expression()) : Optional.empty()));
            if (!tokens.peek().isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        endTag();
        List<Statement> body = until(Set.of("endmacro"));
        closing("endmacro");
        return new Statement.Macro(name, parameters, body, line);
    }

    private List<String> names() {
        boolean bracket = tokens.skipOperator("(");
        List<String> names = new ArrayList<>(List.of(tokens.expect(Kind.NAME).text()));
        while (tokens.skipOperator(",")) {
            names.add(tokens.expect(Kind.NAME).text());
        }
        if (bracket) {
            tokens.expectOperator(")");
        }
        return names;
    }

    private void closing(String name) {
        tokens.expectName(name);
        endTag();
    }

    private void endTag() {
        tokens.expect(Kind.BLOCK_END);
    }
}
