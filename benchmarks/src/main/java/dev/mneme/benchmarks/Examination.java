package dev.mneme.benchmarks;

import dev.mneme.benchmarks.Course.Branch;
import dev.mneme.benchmarks.Question.Answer;
import dev.mneme.benchmarks.Question.Likelihood;
import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Takes every arm through the texts of a course and asks the questions. */
final class Examination {
    private final Tokenizer tokenizer;
    private final KvFormat format;
    private final Supplier<Listener> listeners;
    private final Consumer<Score> scores;

    /**
     * Asks nothing yet.
     *
     * @param listeners makes the one that hears where attention goes in a trial
     * @param scores    takes what comes of each trial
     */
    Examination(Tokenizer tokenizer, KvFormat format, Supplier<Listener> listeners, Consumer<Score> scores) {
        this.tokenizer = tokenizer;
        this.format = format;
        this.listeners = listeners;
        this.scores = scores;
    }

    /** Asks all that the arms reach; nothing where they reach nothing. */
    void examine(Course course, List<Arm> arms) {
        List<Arm> reaching = arms.stream().filter(arm -> arm.reaches(course.length())).toList();
        if (reaching.isEmpty()) {
            return;
        }
        // Inside the window all arms give the same bits; what goes on past it needs the summaries that only sparse policies leave.
        Arm common = reaching.stream().filter(arm -> arm.policy() instanceof MemoryPolicy.Sparse).findFirst().orElse(reaching.getFirst());
        int inWindow = common.model().spec().contextLength() / KvLayout.BLOCK * KvLayout.BLOCK;
        try (Reader shared = Reader.begin(common, format)) {
            read(shared, course, Math.min(inWindow, course.branches().getFirst().from()));
            for (Arm arm : reaching) {
                try (Reader trunk = shared.fork(arm)) {
                    for (Branch branch : course.branches()) {
                        read(trunk, course, branch.from());
                        scores.accept(examine(trunk, branch, arm, course.length()));
                    }
                }
            }
        }
    }

    private static void read(Reader reader, Course course, int to) {
        reader.read(Arrays.copyOfRange(course.trunk(), reader.position(), to));
    }

    private Score examine(Reader trunk, Branch branch, Arm arm, int length) {
        long start = System.nanoTime();
        try (Reader own = trunk.fork(arm)) {
            own.read(branch.ids());
            Listener listener = listeners.get();
            String said = "";
            double value;
            switch (branch.trial().question()) {
                case Likelihood likelihood -> value = own.nats(likelihood.ids(), likelihood.measuredFrom(), listener);
                case Answer answer -> {
                    said = tokenizer.decode(own.answer(answer.ids(), answer.tokens(), listener));
                    value = named(said, answer.expected());
                }
            }
            return new Score(
                    branch.trial(), arm.name(), length, value, said, Recall.of(listener.mass(), branch.hidden()), listener.byLayer(),
                    (System.nanoTime() - start) / 1e9);
        }
    }

    private static double named(String said, List<String> expected) {
        return expected.stream().filter(said::contains).count() / (double) expected.size();
    }
}
