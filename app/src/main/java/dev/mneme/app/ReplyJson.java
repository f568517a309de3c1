package dev.mneme.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mneme.Attended;
import dev.mneme.Receipt;
import dev.mneme.Reply;
import java.io.IOException;
import java.util.List;

/** A turn as one JSON object, for scripts. */
final class ReplyJson {
    private ReplyJson() {
    }

    /**
     * @param startMillis from the start of the process to the engine running
     * @param openMillis from there to the session open
     */
    static String of(Reply reply, double startMillis, double openMillis) {
        return JsonText.of(json -> {
            json.writeStartObject();
            json.writeStringField("session", reply.session());
            json.writeNumberField("turn", reply.turn());
            json.writeStringField("text", reply.text());
            writeIds(json, "tokens", reply.tokens());
            writeIds(json, "promptTokens", reply.promptTokens());
            json.writeStringField("finish", ReceiptText.word(reply.finish()));
            json.writeObjectFieldStart("receipt");
            writeCost(json, reply.receipt());
            json.writeNumberField("startMs", rounded(startMillis));
            json.writeNumberField("openMs", rounded(openMillis));
            json.writeNumberField("ttftMs", rounded(reply.receipt().timeToFirstToken().toNanos() / 1e6));
            json.writeNumberField("tokensPerSecond", rounded(reply.receipt().tokensPerSecond()));
            json.writeNumberField("bytesRead", reply.receipt().bytesRead());
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static void writeCost(JsonGenerator json, Receipt receipt) throws IOException {
        json.writeNumberField("reused", receipt.reused());
        json.writeNumberField("computed", receipt.computed());
        json.writeNumberField("rebuilt", receipt.rebuilt());
        if (receipt.rebuiltReason().isPresent()) {
            json.writeStringField("rebuiltReason", receipt.rebuiltReason().get());
        } else {
            json.writeNullField("rebuiltReason");
        }
        json.writeNumberField("blocksAttended", receipt.blocksAttended());
        json.writeStringField("picked", receipt.picked().orElse(null));
        if (receipt.attended().isPresent()) {
            write(json, receipt.attended().get());
        } else {
            json.writeNullField("attended");
        }
        json.writeNumberField("contextTokens", receipt.contextTokens());
    }

    /** Past the window, in blocks. */
    private static void write(JsonGenerator json, Attended attended) throws IOException {
        json.writeObjectFieldStart("attended");
        json.writeNumberField("sinks", attended.sinks());
        json.writeNumberField("pinned", attended.pinned());
        json.writeNumberField("retrieved", attended.retrieved());
        json.writeNumberField("window", attended.window());
        json.writeEndObject();
    }

    static void writeIds(JsonGenerator json, String field, List<Integer> ids) throws IOException {
        json.writeArrayFieldStart(field);
        for (int id : ids) {
            json.writeNumber(id);
        }
        json.writeEndArray();
    }

    private static double rounded(double value) {
        return Math.round(value * 1_000) / 1e3;
    }
}
