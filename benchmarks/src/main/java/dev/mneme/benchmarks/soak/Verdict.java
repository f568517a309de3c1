package dev.mneme.benchmarks.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * Whether a process stayed as large as it was. The first third of the time is for growing to its size; of what is read all along,
 * the median of the last third may be so much above that of the second.
 *
 * @param comparisons of the two thirds
 * @param leasesAtRest leases of blocks that are open when nothing is running any more; there should be none
 */
record Verdict(List<Comparison> comparisons, long leasesAtRest) {
    /** 1 %: of 700 MiB in 10 minutes, what a leak of 12 KB a second makes. */
    private static final double ANONYMOUS_SHARE = 0.01;
    private static final double HEAP_SHARE = 0.03;
    private static final long FILES = 8;

    /**
     * Something then and now.
     *
     * @param what it is, with its unit
     * @param allowed how much more it may be now
     */
    record Comparison(String what, long second, long last, long allowed) {
        boolean grew() {
            return last - second > allowed;
        }

        private String line() {
            return String.format(Locale.ROOT, "%-22s %9d %9d   %s (allowed %+d)", what, second, last,
                    grew() ? "GREW" : "steady", allowed);
        }
    }

    /**
     * Judges.
     *
     * @param readings at least three, at even distances
     * @param liveAfterFirst live heap at the end of the first third, in bytes
     * @param liveAtEnd live heap at the end, in bytes
     */
    static Verdict of(List<Vitals> readings, long liveAfterFirst, long liveAtEnd, long leasesAtRest) {
        List<Comparison> comparisons = new ArrayList<>();
        long anonymous = median(second(readings), Vitals::anonymous) >> 10;
        comparisons.add(new Comparison("RssAnon, KiB", anonymous, median(last(readings), Vitals::anonymous) >> 10,
                (long) (ANONYMOUS_SHARE * anonymous)));
        comparisons.add(new Comparison("live heap, KiB", liveAfterFirst >> 10, liveAtEnd >> 10,
                (long) (HEAP_SHARE * (liveAfterFirst >> 10))));
        comparisons.add(new Comparison("open files", median(second(readings), Vitals::openFiles),
                median(last(readings), Vitals::openFiles), FILES));
        return new Verdict(comparisons, leasesAtRest);
    }

    private static List<Vitals> second(List<Vitals> readings) {
        return readings.subList(readings.size() / 3, 2 * readings.size() / 3);
    }

    private static List<Vitals> last(List<Vitals> readings) {
        return readings.subList(2 * readings.size() / 3, readings.size());
    }

    private static long median(List<Vitals> readings, ToLongFunction<Vitals> part) {
        return readings.stream().mapToLong(part).sorted().skip(readings.size() / 2).findFirst().orElseThrow();
    }

    boolean isSteady() {
        return leasesAtRest == 0 && comparisons.stream().noneMatch(Comparison::grew);
    }

    /** A table. */
    String text() {
        StringBuilder text = new StringBuilder("the third before, and the last (live heap: before both, and after):\n");
        comparisons.forEach(each -> text.append(each.line()).append('\n'));
        return text.append("leases at rest: ").append(leasesAtRest).append('\n')
                .append(isSteady() ? "steady\n" : "NOT steady\n")
                .toString();
    }
}
