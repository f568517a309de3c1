package dev.mneme.runtime.chat.jinja;

import dev.mneme.runtime.chat.jinja.Token.Kind;
import java.util.List;

/** The tokens ahead of the parser. */
final class TokenStream {
    private final List<Token> tokens;
    private int position;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(position);
    }

    Token peekSecond() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = peek();
        if (token.kind() != Kind.END) {
            position++;
        }
        return token;
    }

    int line() {
        return peek().line();
    }

    boolean skipOperator(String operator) {
        boolean there = peek().isOperator(operator);
        if (there) {
            next();
        }
        return there;
    }

    boolean skipName(String name) {
        boolean there = peek().isName(name);
        if (there) {
            next();
        }
        return there;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw expected("'" + operator + "'");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw expected("'" + name + "'");
        }
    }

    Token expect(Kind kind) {
        if (peek().kind() != kind) {
            throw expected(kind == Kind.NAME ? "a name" : kind == Kind.BLOCK_END ? "the end of the tag" : kind.toString());
        }
        return next();
    }

    JinjaException expected(String what) {
        return new JinjaException(line(), "expected " + what + ", found " + peek());
    }
}
