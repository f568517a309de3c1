package dev.mneme.runtime.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.runtime.chat.TurnShape.SystemFrame;
import dev.mneme.runtime.chat.TurnShape.TextRule;
import dev.mneme.runtime.oracle.OracleFiles;
import dev.mneme.runtime.tokenizer.OracleTokenizers;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChatTemplateTest {
    private static final LocalDate DATE = LocalDate.of(2026, 3, 5);
    private static final JsonNode ORACLE = OracleFiles.json("smollm2-chat");
    private static final ChatTemplate SMOLLM2 = ChatTemplate.of(
            ORACLE.get("template").asText(), ORACLE.get("bos_token").asText(), ORACLE.get("eos_token").asText());

    record Conversation(String name, List<Message> messages, String rendered, List<Integer> ids) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Conversation> conversations() {
        List<Conversation> conversations = new ArrayList<>();
        for (JsonNode c : ORACLE.get("conversations")) {
            List<Message> messages = new ArrayList<>();
            for (JsonNode m : c.get("messages")) {
                messages.add(new Message(Message.Role.valueOf(m.get("role").asText().toUpperCase(Locale.ROOT)),
                        m.get("content").asText()));
            }
            List<Integer> ids = new ArrayList<>();
            c.get("ids").forEach(id -> ids.add(id.asInt()));
            conversations.add(new Conversation(c.get("name").asText(), messages, c.get("rendered").asText(), ids));
        }
        return conversations;
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void everyRenderingIsThatOfTheReference(Conversation conversation) {
        assertThat(SMOLLM2.render(conversation.messages(), DATE)).isEqualTo(conversation.rendered());
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void aWholeRenderingTakenAsTemplateTextHasTheIdsOfTheReference(Conversation conversation) {
        Tokenizer tokenizer = OracleTokenizers.named("smollm2");
        assertThat(tokenizer.encodeTemplate(conversation.rendered())).containsExactly(toArray(conversation.ids()));
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void openingRepliesAndDeltasAddUpToTheReference(Conversation conversation) {
        List<Message> messages = conversation.messages();
        Optional<String> system = messages.getFirst().role() == Message.Role.SYSTEM
                ? Optional.of(messages.getFirst().content()) : Optional.empty();
        List<Message> rest = messages.subList(system.isPresent() ? 1 : 0, messages.size());
        boolean spellsControlTokens = conversation.name().equals("c6");
        // In c3 a reply begins with a line break, which the tokenizer joins with the template's when it sees the whole:
        // no model could have sampled that token there. In c8 the assistant speaks first, which no session does.
        boolean noSession = conversation.name().equals("c3") || conversation.name().equals("c8");
        assumeFalse(spellsControlTokens || noSession, "see the other tests");
        Tokenizer tokenizer = OracleTokenizers.named("smollm2");
        var turns = new ChatTurns(tokenizer, SMOLLM2.shape(DATE));
        int end = tokenizer.endOfSequence().orElseThrow();
        for (boolean endSampled : new boolean[] {true, false}) {
            var ids = new Ids();
            ids.add(turns.openingTurn(system, rest.getFirst().content()));
            for (int i = 1; i < rest.size(); i += 2) {
                ids.add(tokenizer.encodeText(rest.get(i).content()));
                if (endSampled) {
                    ids.add(end);
                }
                ids.add(turns.turnAfterReply(rest.get(i + 1).content(), ids.last()));
            }
            assertThat(ids.toArray()).containsExactly(toArray(conversation.ids()));
        }
    }

    @Test
    void whatAUserTypesStaysTextEvenIfItSpellsControlTokens() {
        Tokenizer tokenizer = OracleTokenizers.named("smollm2");
        Conversation c6 = conversations().stream().filter(c -> c.name().equals("c6")).findFirst().orElseThrow();
        String typed = c6.messages().getFirst().content();
        int[] ids = new ChatTurns(tokenizer, SMOLLM2.shape(DATE)).openingTurn(Optional.empty(), typed);
        int controls = 0;
        var text = new StringBuilder();
        for (int id : ids) {
            controls += tokenizer.isControl(id) ? 1 : 0;
            text.append(new String(tokenizer.piece(id), UTF_8));
        }
        assertThat(text.toString()).isEqualTo(c6.rendered());
        assertThat(controls).isEqualTo(5); // of the template alone
        assertThat(ids).isNotEqualTo(toArray(c6.ids()));
    }

    @Test
    void aDocumentStaysOpenUntilATurnOrAnotherDocumentFollows() {
        Tokenizer tokenizer = OracleTokenizers.named("smollm2");
        var turns = new ChatTurns(tokenizer, SMOLLM2.shape(DATE));
        var ids = new Ids();
        ids.add(turns.openingDocument(Optional.of("Be brief."), "The first document."));
        ids.add(turns.documentAfterDocument("The second."));
        ids.add(turns.turnAfterDocument("What do they say?"));
        ids.add(tokenizer.encodeText("Little."));
        ids.add(turns.documentAfterReply("A third.", ids.last()));
        ids.add(turns.turnAfterDocument("And now?"));
        String whole = SMOLLM2.render(List.of(Message.system("Be brief."), Message.user("The first document."),
                Message.user("The second."), Message.user("What do they say?"), Message.assistant("Little."),
                Message.user("A third."), Message.user("And now?")), DATE);
        assertThat(ids.toArray()).containsExactly(tokenizer.encodeTemplate(whole));
    }

    @Test
    void aShapeSurvivesBeingWrittenAsFields() {
        TurnShape withSystem = SMOLLM2.shape(DATE);
        var without = new TurnShape("a", "b", "c", "d", TextRule.TRIMMED, Optional.empty());
        assertThat(withSystem.system()).isPresent();
        for (TurnShape shape : List.of(withSystem, without)) {
            assertThat(TurnShape.ofFields(shape.toFields())).isEqualTo(shape);
        }
        assertThatThrownBy(() -> TurnShape.ofFields(List.of("a"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void templatesThatDemandAlternationGetDocumentsAndTurnsInOneMessage() {
        TurnShape shape = template("""
                {{ bos_token }}{% for m in messages %}
                {% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}
                {{ '<turn>' + ('model' if m.role == 'assistant' else m.role) + '\\n' + m.content | trim + '</turn>\\n' }}
                {%- endfor %}
                {% if add_generation_prompt %}{{ '<turn>model\\n' }}{% endif %}
                """).shape(DATE);
        assertThat(shape).isEqualTo(new TurnShape("<s><turn>user\n", "</turn>\n<turn>model\n", "</turn>\n<turn>user\n", "\n\n",
                TextRule.TRIMMED, Optional.empty()));
    }

    @Test
    void theDateAndATrimmingSystemMessageArePartOfTheShape() {
        TurnShape shape = template("""
                {%- set first = messages[0] %}
                {{- '<h>system</h>Today: ' + strftime_now('%d %b %Y') + '. ' }}
                {%- if first.role == 'system' %}{{- first.content.strip() }}{% set messages = messages[1:] %}{% endif %}
                {{- '<e>' }}
                {%- for m in messages %}{{- '<h>' + m.role + '</h>' + m.content + '<e>' }}{% endfor %}
                {{- '<h>assistant</h>' }}
                """).shape(DATE);
        assertThat(shape.beforeUser()).isEqualTo("<h>system</h>Today: 05 Mar 2026. <e><h>user</h>");
        assertThat(shape.system()).hasValue(new SystemFrame("<h>system</h>Today: 05 Mar 2026. ", "<e><h>user</h>",
                TextRule.TRIMMED));
        assertThat(shape.userText()).isEqualTo(TextRule.KEPT);
    }

    @Test
    void templatesThatLoseOrDoubleTheTextOfAMessageAreRefused() {
        for (String source : List.of("{{ messages|length }}",
                "{% for m in messages %}{{ m.content|upper }}{% endfor %}",
                "{% for m in messages %}{{ m.content }}{{ m.content }}{% endfor %}",
                "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}")) {
            assertThatThrownBy(() -> template(source).shape(DATE)).as(source)
                    .isInstanceOf(ChatTemplateException.class).hasMessageContaining("does not keep the text");
        }
    }

    @Test
    void brokenAndRefusingTemplatesSaySo() {
        assertThatThrownBy(() -> template("{% if %}")).isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("cannot be read").hasMessageContaining("line 1");
        assertThatThrownBy(() -> template("{{ messages.nope() }}").shape(DATE)).isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("cannot be run");
        assertThatThrownBy(() -> template("{{ raise_exception('only on Mondays') }}").shape(DATE))
                .isInstanceOf(ChatTemplateException.class).hasMessageContaining("only on Mondays");
    }

    @Test
    void aSystemMessageThatTheTemplateDoesNotKnowIsRefused() {
        var shape = new TurnShape("a", "b", "c", "d", TextRule.KEPT, Optional.empty());
        var turns = new ChatTurns(OracleTokenizers.named("smollm2"), shape);
        assertThatThrownBy(() -> turns.openingTurn(Optional.of("Be brief."), "Hi"))
                .isInstanceOf(ChatTemplateException.class).hasMessageContaining("system message");
    }

    @Test
    void theBeginningTokenIsLeftToTheSessionAndSoIsTheSampledEndToken() {
        Tokenizer tokenizer = OracleTokenizers.named("gemma3");
        var shape = new TurnShape("<bos><start_of_turn>user\n", "<end_of_turn>\n<start_of_turn>model\n",
                " <end_of_turn>\n<start_of_turn>user\n", "\n\n", TextRule.TRIMMED, Optional.empty());
        var turns = new ChatTurns(tokenizer, shape);
        int begin = tokenizer.beginOfSequence().orElseThrow();
        assertThat(turns.openingTurn(Optional.empty(), " Hi ")).isEqualTo(
                tokenizer.encodeTemplate("<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n")).doesNotContain(begin);
        int endOfTurn = tokenizer.encodeTemplate("<end_of_turn>")[0];
        int endOfSequence = tokenizer.endOfSequence().orElseThrow();
        int word = tokenizer.encodeText("word")[0];
        String rest = "\n<start_of_turn>user\nMore<end_of_turn>\n<start_of_turn>model\n";
        assertThat(turns.turnAfterReply("More", endOfTurn)).isEqualTo(tokenizer.encodeTemplate(rest));
        for (int last : new int[] {word, endOfSequence}) {
            assertThat(turns.turnAfterReply("More", last)).isEqualTo(tokenizer.encodeTemplate(" <end_of_turn>" + rest));
        }
    }

    private static ChatTemplate template(String source) {
        return ChatTemplate.of(source, "<s>", "</s>");
    }

    private static int[] toArray(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** A session's tokens as they grow. */
    private static final class Ids {
        private final List<Integer> ids = new ArrayList<>();

        void add(int... more) {
            for (int id : more) {
                ids.add(id);
            }
        }

        int last() {
            return ids.getLast();
        }

        int[] toArray() {
            return ChatTemplateTest.toArray(ids);
        }
    }
}
