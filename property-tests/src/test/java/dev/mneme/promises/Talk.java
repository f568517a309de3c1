package dev.mneme.promises;

import dev.mneme.Finish;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.TurnOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A conversation that is the same however it is held: what is said, how many tokens are replied at most, and how drawn. */
record Talk(List<Line> lines, float temperature, long seed) {
    Talk(List<Line> lines, long seed) {
        this(lines, 1, seed);
    }

    /** One thing said. */
    record Line(String text, int replyTokens) {}

    /** All that came out. */
    record Transcript(List<String> texts, List<List<Integer>> prompts, List<List<Integer>> replies) {
        Transcript() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    /** Other lines, said and replied to in the same way. */
    Talk with(List<Line> others) {
        return new Talk(others, temperature, seed);
    }

    Talk with(Line other) {
        return with(List.of(other));
    }

    TurnOptions options() {
        return TurnOptions.defaults().withTemperature(temperature).withSeed(seed);
    }

    /** Held in one go. */
    Transcript hold(Session session) {
        Transcript transcript = new Transcript();
        for (Line line : lines) {
            Reply reply = session.say(line.text(), options().withMaxTokens(line.replyTokens()));
            transcript.texts().add(reply.text());
            transcript.prompts().add(reply.promptTokens());
            transcript.replies().add(reply.tokens());
        }
        return transcript;
    }

    /** Held with {@code interruption} after every few tokens and after every reply; it answers the session to go on with. */
    Transcript hold(Session first, List<Integer> stretches, Supplier<Session> interruption) {
        Transcript transcript = new Transcript();
        Session session = first;
        int stretch = 0;
        for (Line line : lines) {
            int left = line.replyTokens();
            int now = Math.min(left, stretches.get(stretch++ % stretches.size()));
            Reply reply = session.say(line.text(), options().withMaxTokens(now));
            StringBuilder text = new StringBuilder(reply.text());
            List<Integer> tokens = new ArrayList<>(reply.tokens());
            transcript.prompts().add(reply.promptTokens());
            left -= now;
            while (left > 0 && reply.finish() == Finish.LENGTH) {
                session = interruption.get();
                now = Math.min(left, stretches.get(stretch++ % stretches.size()));
                reply = session.resume(TurnOptions.defaults().withMaxTokens(now)).await();
                text.append(reply.text());
                tokens.addAll(reply.tokens());
                left -= now;
            }
            session = interruption.get();
            transcript.texts().add(text.toString());
            transcript.replies().add(tokens);
        }
        return transcript;
    }
}
