package dev.mneme.benchmarks;

import dev.mneme.benchmarks.Course.Branch;
import dev.mneme.benchmarks.Course.Span;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** How what is hidden is spread over texts of a length. */
enum Arrangement {
    /** A text for each trial. They share the filler up to where the first thing is hidden. */
    APART {
        @Override
        Course course(Tokenizer tokenizer, int length, FillerText fillerText, List<Trial> trials) {
            Filler filler = Filler.of(tokenizer, length, fillerText);
            int[] begin = tokenizer.beginOfSequence().stream().toArray();
            int[] trunk = IntStream.concat(Arrays.stream(begin), Arrays.stream(filler.ids())).toArray();
            List<Branch> branches = new ArrayList<>();
            for (Trial trial : trials) {
                Haystack text = Haystack.of(begin, filler, length - trial.question().ids().length, List.of(trial));
                int from = text.hidden().stream().mapToInt(Span::from).min().orElseThrow() / KvLayout.BLOCK * KvLayout.BLOCK;
                branches.add(new Branch(from, Arrays.copyOfRange(text.ids(), from, text.ids().length), trial, text.asked(trial)));
            }
            branches.sort(Comparator.comparingInt(Branch::from));
            return new Course(length, trunk, branches);
        }
    },
    /** One text for all: it is read once, and what the other trials have hidden there is in the way of each. */
    TOGETHER {
        @Override
        Course course(Tokenizer tokenizer, int length, FillerText fillerText, List<Trial> trials) {
            List<Trial> kept = trials.stream().filter(oneOfEachKind()).toList();
            int longest = kept.stream().mapToInt(trial -> trial.question().ids().length).max().orElseThrow();
            Filler filler = Filler.of(tokenizer, length, fillerText);
            int[] begin = tokenizer.beginOfSequence().stream().toArray();
            Haystack text = Haystack.of(begin, filler, length - longest, kept);
            return new Course(length, text.ids(), kept.stream().map(trial -> Course.atEnd(text.ids(), trial, text.asked(trial))).toList());
        }
    };

    /** The text, or texts, of this many tokens with a question each. */
    abstract Course course(Tokenizer tokenizer, int length, FillerText fillerText, List<Trial> trials);

    /** Of kinds whose question does not say which of several things it means, the first trial only. */
    private static Predicate<Trial> oneOfEachKind() {
        Set<Task> seen = new HashSet<>();
        return trial -> trial.task() instanceof Task.Hiding hiding && hiding.distinct() || seen.add(trial.task());
    }
}
