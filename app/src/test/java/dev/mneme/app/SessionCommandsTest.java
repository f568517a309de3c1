package dev.mneme.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions from the command line: each command opens the memory anew, as a process of its own would. */
class SessionCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] NEW = {"--raw", "--model", Outcome.tiny("llama31"), "--seed", "5"};

    @TempDir
    Path home;

    @Test
    void theSecondTurnReusesTheFirst() throws IOException {
        JsonNode first = json(run("say", with(NEW, "s", "one two", "--max-tokens", "9", "--json")));
        JsonNode second = json(run("say", "s", "three", "--max-tokens", "4", "--json"));

        assertThat(fields(first)).containsExactly("session", "turn", "text", "tokens", "promptTokens", "finish", "receipt");
        assertThat(fields(first.get("receipt"))).containsExactly("reused", "computed", "rebuilt", "rebuiltReason",
                "blocksAttended", "picked", "attended", "contextTokens", "startMs", "openMs", "ttftMs", "tokensPerSecond", "bytesRead");
        assertThat(first.get("turn").asInt()).isEqualTo(1);
        assertThat(second.get("turn").asInt()).isEqualTo(2);
        int remembered = first.get("receipt").get("contextTokens").asInt() - 1;
        assertThat(second.get("receipt").get("reused").asInt()).isEqualTo(remembered);
        assertThat(second.get("receipt").get("computed").asInt())
                .isEqualTo(1 + second.get("promptTokens").size() + second.get("tokens").size() - 1);
        assertThat(second.get("receipt").get("rebuilt").asInt()).isZero();
    }

    @Test
    void theReplyGoesToStandardOutputAndTheReceiptBesideIt() {
        Outcome shown = run("say", with(NEW, "s", "one two", "--max-tokens", "9"));
        assertThat(shown.code()).isZero();
        assertThat(shown.out()).endsWith("\n");
        assertThat(shown.err().lines()).hasSize(1);
        assertThat(shown.err()).startsWith("[turn 1: reused 0, computed ");
    }

    @Test
    void aReplyCutOffByItsLengthGoesOnAsItWouldHave() throws IOException {
        JsonNode whole = json(run("say", with(NEW, "a", "one two", "--max-tokens", "12", "--json")));
        JsonNode cut = json(run("say", with(NEW, "b", "one two", "--max-tokens", "5", "--json")));
        JsonNode rest = json(run("continue", "b", "--max-tokens", "7", "--json"));
        List<JsonNode> joined = new ArrayList<>();
        cut.get("tokens").forEach(joined::add);
        rest.get("tokens").forEach(joined::add);
        assertThat(cut.get("finish").asText()).isEqualTo("length");
        assertThat(joined).isEqualTo(list(whole.get("tokens")));
    }

    @Test
    void sessionsAreListedShownForkedRewoundAndDeleted() throws IOException {
        run("say", with(NEW, "a", "one", "--max-tokens", "9"));
        run("say", "a", "two", "--max-tokens", "3");
        assertThat(run("fork", "a", "b").code()).isZero();
        assertThat(run("rewind", "a", "1").err()).contains("ends with turn 1");
        JsonNode sessions = json(run("sessions", "--json")).get("sessions");
        assertThat(sessions).hasSize(2);
        assertThat(sessions.get(0).get("turns").asInt()).isEqualTo(1);
        assertThat(sessions.get(1).get("turns").asInt()).isEqualTo(2);
        JsonNode shown = json(run("show", "b", "--json"));
        assertThat(shown.get("history")).hasSize(2);
        assertThat(shown.get("history").get(0).get("prompt").asText()).contains("one");
        assertThat(run("show", "b").out()).contains("turn 2");
        assertThat(run("delete", "a").code()).isZero();
        assertThat(run("show", "a").err()).contains("no session 'a'");
        assertThat(run("sessions", "--tenant", "other").out()).isEmpty();
    }

    @Test
    void aDocumentIsReadAndAnsweredTo() throws IOException {
        Path file = Files.writeString(home.resolveSibling("document.txt"), "one two three ".repeat(30));
        JsonNode read = json(run("ingest", "d", file.toString(), "--raw", "--model", Outcome.tiny("llama31"), "--json"));
        assertThat(read.get("finish").asText()).isEqualTo("ingested");
        assertThat(read.get("tokens")).isEmpty();
        JsonNode reply = json(run("say", "d", "four", "--max-tokens", "3", "--json"));
        assertThat(reply.get("receipt").get("reused").asInt()).isEqualTo(read.get("promptTokens").size());
    }

    @Test
    void verifyFindsAFlippedBitAndRepairMakesTheBlockAgain() throws IOException {
        run("say", with(NEW, "s", "one two three ".repeat(30), "--max-tokens", "3"));
        JsonNode sound = json(run("verify", "--json"));
        assertThat(sound.get("sound").asBoolean()).as(sound.toString()).isTrue();
        assertThat(sound.get("blocks").asInt()).isPositive();
        assertThat(sound.get("sessions").asInt()).isEqualTo(1);

        flipABitOfABlock();
        Outcome damaged = run("verify");
        assertThat(damaged.code()).isEqualTo(1);
        assertThat(damaged.out()).startsWith("damage: tenant default, session s, block ");
        assertThat(damaged.err()).contains("NOT SOUND");

        assertThat(run("verify", "--repair").code()).isZero();
        JsonNode reply = json(run("say", "s", "four", "--max-tokens", "3", "--json"));
        assertThat(reply.get("receipt").get("rebuilt").asInt()).isZero();
        assertThat(run("verify").code()).isZero();
    }

    /** In the middle of the payload of the first block that an arena holds. */
    private void flipABitOfABlock() throws IOException {
        Path arena;
        try (Stream<Path> files = Files.walk(home)) {
            arena = files.filter(file -> file.toString().contains("arena") && Files.isRegularFile(file))
                    .findFirst().orElseThrow();
        }
        try (RandomAccessFile file = new RandomAccessFile(arena.toFile(), "rw")) {
            byte[] bytes = new byte[1 << 20];
            int read = file.read(bytes);
            int at = read - 1;
            while (bytes[at] == 0) {
                at--;
            }
            file.seek(at);
            file.write(bytes[at] ^ 1);
        }
    }

    @Test
    void howASessionRemembersIsShownAndChanged() throws IOException {
        run("say", with(NEW, "s", "one two three ".repeat(10), "--max-tokens", "5", "--window", "128"));
        JsonNode begun = json(run("memory", "s", "--json")).get("memory");
        assertThat(begun.get("policy").asText()).isEqualTo("sparse");
        assertThat(begun.get("window").asInt()).isEqualTo(128);
        assertThat(begun.get("kv").asText()).isEqualTo("f16");
        assertThat(begun.get("pinned")).isEmpty();

        assertThat(run("memory", "s", "--top-k", "3").out()).contains("window 128, top-k 3");
        assertThat(run("pin", "s", "1", "--request-id", "p").code()).isZero();
        assertThat(run("memory", "s").out()).contains("window 128, top-k 3").contains("pinned: turn 1");
        assertThat(run("show", "s").out()).contains("memory: sparse").contains("pinned: turn 1");
        JsonNode shown = json(run("show", "s", "--json"));
        assertThat(shown.get("memory").get("pinned").get(0).get("from").asInt()).isZero();
        fails(1, "remembers otherwise", "say", "s", "x", "--window", "64");
        fails(1, "multiple of 64", "memory", "s", "--window", "60");
        fails(1, "turn 9", "pin", "s", "9");
        fails(2, "--policy sparse", "memory", "s", "--policy", "dense", "--sinks", "64");
        assertThat(json(run("show", "s", "--json"))).isEqualTo(shown);

        assertThat(run("unpin", "s", "1").code()).isZero();
        assertThat(run("memory", "s", "--policy", "dense").out()).contains("s: dense, keys and values in f16").doesNotContain("pinned");
        assertThat(run("say", "s", "four", "--max-tokens", "3", "--policy", "dense").code()).isZero();
        assertThat(run("memory", "s", "--policy", "auto").out()).contains("s: auto: sparse");
        assertThat(run("say", "s", "five", "--max-tokens", "3").err()).contains("picked sparse sinks=64");
    }

    @Test
    void keysAndValuesAreKeptAsAskedAndAsAskedLater() throws IOException {
        assertThat(run("say", with(NEW, "s", "one two three ".repeat(10), "--max-tokens", "5", "--kv", "i8")).code()).isZero();
        assertThat(run("memory", "s").out()).contains("keys and values in i8");
        JsonNode again = json(run("say", "s", "four ".repeat(30), "--max-tokens", "5", "--kv", "i8", "--json"));
        assertThat(again.get("receipt").get("rebuilt").asInt()).isZero();
        fails(1, "remembers otherwise", "say", "s", "x", "--kv", "f16");
        assertThat(run("memory", "s", "--kv", "k8v4").out()).contains("keys and values in k8v4");
        JsonNode changed = json(run("say", "s", "five ".repeat(30), "--max-tokens", "5", "--json"));
        assertThat(changed.get("receipt").get("rebuilt").asInt()).isZero();
        assertThat(run("verify").code()).isZero();
        fails(2, "--kv", "memory", "s", "--kv", "i4");
    }

    @Test
    void whatATurnAttendedToIsToldAndChangesNothing() throws IOException {
        fails(1, "no session 'none'", "recall", "none");
        run("say", with(NEW, "s", "one two three ".repeat(40), "--max-tokens", "5"));
        run("say", "s", "four", "--max-tokens", "3");
        JsonNode before = json(run("show", "s", "--json"));
        JsonNode recall = json(run("recall", "s", "--json"));
        assertThat(fields(recall)).containsExactly("session", "turn", "queries", "ownShare", "stretches", "rest");
        assertThat(fields(recall.get("stretches").get(0)))
                .containsExactly("firstTurn", "lastTurn", "from", "to", "share", "text");
        assertThat(recall.get("turn").asInt()).isEqualTo(2);
        assertThat(recall.get("queries").asInt()).isEqualTo(3);
        double sum = 0;
        for (JsonNode stretch : recall.get("stretches")) {
            sum += stretch.get("share").asDouble();
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
        assertThat(recall.get("rest").get("stretches").asInt()).isZero();

        JsonNode best = json(run("recall", "s", "--json", "--limit", "1"));
        assertThat(best.get("stretches")).containsExactly(recall.get("stretches").get(0));
        assertThat(best.get("rest").get("stretches").asInt()).isEqualTo(recall.get("stretches").size() - 1);
        assertThat(best.get("rest").get("share").asDouble() + best.get("stretches").get(0).get("share").asDouble())
                .isCloseTo(1, within(1e-5));
        assertThat(run("recall", "s").out()).startsWith("s, turn 2: ").contains("one two three").doesNotContain("the rest");
        assertThat(run("recall", "s", "--limit", "1").out()).contains("the rest: ");
        fails(2, "--limit", "recall", "s", "--limit", "0");
        assertThat(json(run("show", "s", "--json"))).isEqualTo(before);
        run("rewind", "s", "0");
        fails(1, "nothing to recall", "recall", "s");
    }

    @Test
    void badInputIsOneLineAndLeavesTheSessionAsItWas() throws IOException {
        run("say", with(NEW, "s", "one", "--max-tokens", "9", "--policy", "dense"));
        JsonNode before = json(run("show", "s", "--json"));
        fails(2, "empty", "say", "s", "");
        fails(2, "--temperature", "say", "s", "x", "--temperature", "-1");
        fails(2, "--top-p", "say", "s", "x", "--top-p", "2");
        fails(2, "--max-tokens", "say", "s", "x", "--max-tokens", "0");
        fails(1, "no model 'nonsense'", "say", "new", "x", "--model", "nonsense");
        fails(1, "pom.xml", "say", "new", "x", "--model", Outcome.root().resolve("pom.xml") + "/x.gguf");
        fails(1, "name", "say", "../up", "x", "--raw", "--model", Outcome.tiny("llama31"));
        fails(1, "name", "say", "n".repeat(10_000), "x", "--raw", "--model", Outcome.tiny("llama31"));
        fails(1, "no session 'none'", "continue", "none");
        fails(1, "no session 'none'", "fork", "none", "b");
        fails(1, "turn 9", "rewind", "s", "9");
        fails(1, "model", "say", "s", "x", "--model", Outcome.tiny("llama"));
        fails(1, "system text", "say", "s", "x", "--system", "be brief");
        fails(1, "--raw", "say", "t", "x", "--model", Outcome.tiny("llama31"));
        fails(1, "window", "say", "s", "one two three ".repeat(2_000));
        assertThat(json(run("show", "s", "--json"))).isEqualTo(before);
        assertThat(json(run("sessions", "--json")).get("sessions")).hasSize(1);
    }

    private void fails(int code, String message, String... arguments) {
        Outcome outcome = run(arguments[0], List.of(arguments).subList(1, arguments.length).toArray(String[]::new));
        assertThat(outcome.err()).as(String.join(" ", arguments)).startsWith("mneme: ").contains(message);
        assertThat(outcome.err().lines()).hasSize(1);
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
        assertThat(outcome.out()).isEmpty();
    }

    private Outcome run(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(command, "--home", home.toString()));
        all.addAll(List.of(arguments));
        return Outcome.of("", all.toArray(String[]::new));
    }

    private static String[] with(String[] options, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(options));
        return all.toArray(String[]::new);
    }

    private JsonNode json(Outcome outcome) throws IOException {
        Path log = home.resolve("log");
        assertThat(outcome.code()).as(outcome.err() + (Files.exists(log) ? Files.readString(log) : "")).isZero();
        assertThat(outcome.err()).isEmpty();
        return JSON.readTree(outcome.out());
    }

    private static List<String> fields(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<JsonNode> list(JsonNode array) {
        List<JsonNode> nodes = new ArrayList<>();
        array.forEach(nodes::add);
        return nodes;
    }
}
