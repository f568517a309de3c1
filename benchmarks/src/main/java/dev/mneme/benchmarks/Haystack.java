package dev.mneme.benchmarks;

import dev.mneme.benchmarks.Course.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Filler text in which things are hidden, each before a sentence. Things at one depth stand one sentence apart.
 *
 * @param ids    the text
 * @param hidden where the things are, in the order of {@code placed}
 * @param placed the things, ascending
 */
record Haystack(int[] ids, List<Span> hidden, List<Placed> placed) {
    /** A thing and whose it is. */
    record Placed(Trial trial, Planting planting) {}

    /** A text of {@code length} tokens, {@code begin} and everything hidden included. */
    static Haystack of(int[] begin, Filler filler, int length, List<Trial> trials) {
        List<Placed> placed = trials.stream()
                .flatMap(trial -> trial.plantings().stream().map(planting -> new Placed(trial, planting)))
                .sorted(Comparator.comparingDouble(thing -> thing.planting().depth()))
                .toList();
        int fillerTokens = length - begin.length - placed.stream().mapToInt(thing -> thing.planting().ids().length).sum();
        if (fillerTokens < 1) {
            throw new IllegalArgumentException("a text of " + length + " tokens has no room for what is to be hidden there");
        }
        IntStream.Builder ids = IntStream.builder();
        Arrays.stream(begin).forEach(ids::add);
        List<Span> hidden = new ArrayList<>();
        int at = begin.length;
        int taken = 0;
        for (Placed thing : placed) {
            int wanted = filler.sentenceStart((int) (thing.planting().depth() * fillerTokens));
            int next = Math.min(fillerTokens, Math.max(filler.sentenceAfter(taken), wanted));
            Arrays.stream(filler.ids(), taken, next).forEach(ids::add);
            at += next - taken;
            taken = next;
            int[] note = thing.planting().ids();
            Arrays.stream(note).forEach(ids::add);
            hidden.add(new Span(at, at + note.length));
            at += note.length;
        }
        Arrays.stream(filler.ids(), taken, fillerTokens).forEach(ids::add);
        return new Haystack(ids.build().toArray(), hidden, placed);
    }

    /** Where the things lie that a trial asks for. */
    List<Span> asked(Trial trial) {
        return IntStream.range(0, placed.size())
                .filter(i -> placed.get(i).trial() == trial && placed.get(i).planting().asked())
                .mapToObj(hidden::get)
                .toList();
    }
}
