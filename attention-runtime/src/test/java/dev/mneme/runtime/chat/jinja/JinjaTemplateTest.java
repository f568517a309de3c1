package dev.mneme.runtime.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JinjaTemplateTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 3, 5);

    record Case(String source, String outcome, String expected, Map<String, Object> variables) {
        @Override
        public String toString() {
            return source;
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rendersWhatJinja2Renders(Case c) {
        switch (c.outcome()) {
            case "text" -> assertThat(render(c.source(), c.variables())).isEqualTo(c.expected());
            case "refusal" -> assertThatThrownBy(() -> render(c.source(), c.variables()))
                    .isInstanceOf(JinjaException.Raised.class).hasMessage(c.expected());
            default -> assertThatThrownBy(() -> render(c.source(), c.variables()))
                    .isInstanceOf(JinjaException.class).isNotInstanceOf(JinjaException.Raised.class).hasMessageContaining("line ");
        }
    }

    static Stream<Case> cases() throws IOException {
        try (var in = Objects.requireNonNull(JinjaTemplateTest.class.getResourceAsStream("/jinja-cases.json"))) {
            JsonNode file = new ObjectMapper().readTree(in);
            Map<String, Object> variables = new LinkedHashMap<>();
            file.get("variables").properties().forEach(entry -> variables.put(entry.getKey(), value(entry.getValue())));
            return StreamSupport.stream(file.get("cases").spliterator(), false).map(c -> new Case(c.get("source").asText(),
                    c.get("outcome").asText(), c.path("expected").asText(), variables)).toList().stream();
        }
    }

    private static Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> node.asText();
            case BOOLEAN -> node.asBoolean();
            case NULL -> None.NONE;
            case NUMBER -> node.isIntegralNumber() ? (Object) node.asLong() : (Object) node.asDouble();
            case ARRAY -> {
                List<Object> list = new ArrayList<>();
                node.forEach(element -> list.add(value(element)));
                yield list;
            }
            default -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                node.properties().forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
                yield map;
            }
        };
    }

    @Test
    void aTemplateCannotReachJava() {
        for (String source : List.of("{{ x.class }}", "{{ x.getClass() }}", "{{ x['class'] }}", "{{ x.__class__ }}",
                "{{ m.getClass().getName() }}", "{{ raise_exception.class }}")) {
            String rendered;
            try {
                rendered = render(source, Map.of("x", "text", "m", Map.of()));
            } catch (JinjaException e) {
                continue;
            }
            assertThat(rendered).as(source).isEmpty();
        }
    }

    @Test
    void hostileTemplatesEndInATypedError() {
        for (String source : List.of("{{ 'a' * 100000000000 }}", "{{ range(100000000) }}", "{{ 9 ** 9999 }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ " + "(".repeat(100_000) + " }}",
                "{% for i in range(99999) %}{{ 'x' * 9999 }}{% endfor %}", "{{ ''.split('') }}", "{{ 'a'.startswith() }}",
                "{{ 'a'|replace }}", "{{ 1 is divisibleby }}", "{{ [].get }}{{ range() }}", "{{ '%'|tojson(indent='x') }}")) {
            assertThatThrownBy(() -> render(source, Map.of())).as(source.substring(0, 12)).isInstanceOf(JinjaException.class);
        }
    }

    private static String render(String source, Map<String, Object> variables) {
        return JinjaTemplate.compile(source).render(variables, TODAY);
    }
}
