package dev.mneme.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mneme.app.ModelSpeed.AtLength;
import dev.mneme.models.ModelFile;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench} measured.
 *
 * @param rounds how often; speeds are medians
 * @param against the speeds of the other program at the same lengths, or nothing
 * @param far the speeds at the end of the window, right behind it, and far away; or nothing
 * @param together what sessions gain that write at the same time
 */
record BenchReport(
        ModelFile file, String backend, int threads, long kvBytesPerToken, int rounds, List<AtLength> speeds,
        List<AtLength> against, List<AtLength> far, TogetherSpeed.Speeds together,
        List<ResumeSpeed.Resumed> resumed, Machine machine) {

    void print(PrintStream out) {
        line(out, "%s, %s, %d threads, %d bytes of memory a token, medians of %d rounds",
                file.name(), backend, threads, kvBytesPerToken, rounds);
        if (against.isEmpty()) {
            line(out, " context   prefill tok/s   decode tok/s");
            for (AtLength one : speeds) {
                line(out, "%8d   %13.1f   %12.1f", one.tokens(), one.prefill(), one.decode());
            }
        } else {
            line(out, " context   prefill tok/s       other   ratio   decode tok/s       other   ratio");
            for (int i = 0; i < speeds.size(); i++) {
                AtLength one = speeds.get(i);
                AtLength other = against.get(i);
                line(out, "%8d   %13.1f   %9.1f   %5.2f   %12.1f   %9.1f   %5.2f", one.tokens(),
                        one.prefill(), other.prefill(), one.prefill() / other.prefill(),
                        one.decode(), other.decode(), one.decode() / other.decode());
            }
        }
        if (!far.isEmpty()) {
            line(out, " context   prefill tok/s   decode tok/s   (past the window; decode of that at its end, and right behind it)");
        }
        for (AtLength one : far) {
            line(out, "%8d   %13.1f   %12.1f   %.2f   %.2f", one.tokens(), one.prefill(), one.decode(),
                    one.decode() / far.get(0).decode(), one.decode() / far.get(1).decode());
        }
        line(out, "%d sessions at %d tokens: decode %.1f tok/s together, %.2f times one alone (%.1f)", TogetherSpeed.SESSIONS,
                TogetherSpeed.CONTEXT, together.together(), together.together() / together.alone(), together.alone());
        if (!resumed.isEmpty()) {
            line(out, " context   resume: open ms   first token ms   of the next turn ms");
        }
        for (ResumeSpeed.Resumed one : resumed) {
            line(out, "%8d   %15.1f   %14.1f   %19.1f",
                    one.context(), one.openMillis(), one.firstTokenMillis(), one.nextMillis());
        }
        line(out, "machine: reads %.1f GB/s, %.1f GFLOP/s (%d-bit vectors, %d threads)", machine.readBytesPerSecond() / 1e9,
                machine.flopsPerSecond() / 1e9, machine.vectorBits(), machine.threads());
    }

    private static void line(PrintStream out, String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
    }

    void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("model", file.name());
        out.writeStringField("sha256", file.sha256());
        out.writeStringField("backend", backend);
        out.writeNumberField("threads", threads);
        out.writeNumberField("kvBytesPerToken", kvBytesPerToken);
        out.writeNumberField("rounds", rounds);
        writePrefill(out, "prefill", speeds);
        writeDecode(out, "decode", speeds);
        if (!against.isEmpty()) {
            writePrefill(out, "otherPrefill", against);
            writeDecode(out, "otherDecode", against);
        }
        if (!far.isEmpty()) {
            writePrefill(out, "farPrefill", far);
            writeDecode(out, "farDecode", far);
        }
        out.writeObjectFieldStart("together");
        out.writeNumberField("sessions", TogetherSpeed.SESSIONS);
        out.writeNumberField("context", TogetherSpeed.CONTEXT);
        out.writeNumberField("tokensPerSecond", together.together());
        out.writeNumberField("alone", together.alone());
        out.writeEndObject();
        out.writeArrayFieldStart("resume");
        for (ResumeSpeed.Resumed one : resumed) {
            out.writeStartObject();
            out.writeNumberField("context", one.context());
            out.writeNumberField("openMs", one.openMillis());
            out.writeNumberField("ttftMs", one.firstTokenMillis());
            out.writeNumberField("nextTtftMs", one.nextMillis());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeObjectFieldStart("machine");
        out.writeNumberField("threads", machine.threads());
        out.writeNumberField("readBytesPerSecond", machine.readBytesPerSecond());
        out.writeNumberField("flopsPerSecond", machine.flopsPerSecond());
        out.writeNumberField("vectorBits", machine.vectorBits());
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void writePrefill(JsonGenerator out, String name, List<AtLength> speeds) throws IOException {
        out.writeArrayFieldStart(name);
        for (AtLength one : speeds) {
            out.writeStartObject();
            out.writeNumberField("tokens", one.tokens());
            out.writeNumberField("tokensPerSecond", one.prefill());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void writeDecode(JsonGenerator out, String name, List<AtLength> speeds) throws IOException {
        out.writeArrayFieldStart(name);
        for (AtLength one : speeds) {
            out.writeStartObject();
            out.writeNumberField("context", one.tokens());
            out.writeNumberField("tokensPerSecond", one.decode());
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
