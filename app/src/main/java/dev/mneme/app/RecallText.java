package dev.mneme.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mneme.Recall;
import dev.mneme.Recalled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where a turn's attention went, for people and for scripts. What is left out is told in one line or field. */
final class RecallText {
    private static final int WIDTH = 72;
    /** Characters of a stretch's text for people: its beginning and its end. About what one block holds. */
    private static final int SHOWN = 4 * WIDTH;

    private RecallText() {
    }

    static List<String> lines(Recall recall, int limit) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "%s, turn %d: where the attention of %d tokens went, %.1f %% of it to the turn's own text",
                recall.session(), recall.turn(), recall.queries(), 100 * recall.ownShare()));
        lines.add("  share  turn     tokens         text");
        for (Recalled stretch : listed(recall, limit)) {
            List<String> text = wrapped(shortened(stretch.text()));
            lines.add(String.format(Locale.ROOT, "%5.1f %%  %-7s  %-13s  %s", 100 * stretch.share(), turns(stretch),
                    stretch.tokens().from() + "-" + stretch.tokens().to(), text.getFirst()));
            text.stream().skip(1).forEach(line -> lines.add(" ".repeat(33) + line));
        }
        int rest = recall.stretches().size() - listed(recall, limit).size();
        if (rest > 0) {
            lines.add(String.format(Locale.ROOT, "%5.1f %%  the rest: %d more %s", 100 * restShare(recall, limit), rest,
                    rest == 1 ? "stretch" : "stretches"));
        }
        return lines;
    }

    private static List<Recalled> listed(Recall recall, int limit) {
        return recall.stretches().subList(0, Math.min(limit, recall.stretches().size()));
    }

    private static double restShare(Recall recall, int limit) {
        return recall.stretches().stream().skip(limit).mapToDouble(Recalled::share).sum();
    }

    private static String turns(Recalled stretch) {
        return stretch.firstTurn() == stretch.lastTurn()
                ? String.valueOf(stretch.firstTurn())
                : stretch.firstTurn() + "-" + stretch.lastTurn();
    }

    private static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= SHOWN
                ? line
                : line.substring(0, SHOWN / 2).stripTrailing() + " [...] " + line.substring(line.length() - SHOWN / 2).stripLeading();
    }

    /** Lines of at most {@link #WIDTH} characters, cut at spaces where there are some; at least one. */
    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > WIDTH) {
            int space = rest.lastIndexOf(' ', WIDTH);
            int cut = space > 0 ? space : WIDTH;
            lines.add(rest.substring(0, cut));
            rest = rest.substring(cut).stripLeading();
        }
        lines.add(rest);
        return lines;
    }

    static String json(Recall recall, int limit) {
        return JsonText.of(out -> {
            out.writeStartObject();
            out.writeStringField("session", recall.session());
            out.writeNumberField("turn", recall.turn());
            out.writeNumberField("queries", recall.queries());
            out.writeNumberField("ownShare", recall.ownShare());
            out.writeArrayFieldStart("stretches");
            for (Recalled stretch : listed(recall, limit)) {
                write(out, stretch);
            }
            out.writeEndArray();
            out.writeObjectFieldStart("rest");
            out.writeNumberField("stretches", recall.stretches().size() - listed(recall, limit).size());
            out.writeNumberField("share", restShare(recall, limit));
            out.writeEndObject();
            out.writeEndObject();
        });
    }

    private static void write(JsonGenerator out, Recalled stretch) throws IOException {
        out.writeStartObject();
        out.writeNumberField("firstTurn", stretch.firstTurn());
        out.writeNumberField("lastTurn", stretch.lastTurn());
        out.writeNumberField("from", stretch.tokens().from());
        out.writeNumberField("to", stretch.tokens().to());
        out.writeNumberField("share", stretch.share());
        out.writeStringField("text", stretch.text());
        out.writeEndObject();
    }
}
