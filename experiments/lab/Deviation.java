import module java.base;

/**
 * How far a run lies from its prediction.
 *
 * @param inFlight  the largest difference in concurrency that lasts a tenth of a task time; at the end of a round it
 *                  is wide for a moment
 * @param endMillis the largest difference between the n-th measured and the n-th predicted end of one task index, in
 *                  milliseconds: requests that come at once may queue in another order than they are numbered
 */
record Deviation(int inFlight, double endMillis) {

    static Deviation of(Log seen, Log predicted) {
        var changes = new TreeMap<Long, Integer>(); // at a moment, the difference changes by so much
        add(changes, seen, 1);
        add(changes, predicted, -1);
        var inFlight = 0;
        while (longest(changes, inFlight + 1) >= Math.max(1, seen.micros() / 10)) inFlight++;
        var latest = 0L;
        for (var index : seen.tasks().intColumn("task").unique().asSet()) {
            long[] measured = ends(seen, index), expected = ends(predicted, index);
            for (var n = 0; n < Math.min(measured.length, expected.length); n++)
                latest = Math.max(latest, Math.abs(measured[n] - expected[n]));
        }
        return new Deviation(inFlight, latest / 1e3);
    }

    private static void add(SortedMap<Long, Integer> changes, Log log, int sign) {
        var before = 0;
        for (var step : log.steps()) {
            changes.merge(step.at() - log.begun(), sign * (step.inFlight() - before), Integer::sum);
            before = step.inFlight();
        }
    }

    /** When the tasks of that index ended, in microseconds from the first request on, ascending. */
    private static long[] ends(Log log, int index) {
        var ended = log.tasks().where(log.tasks().intColumn("task").isEqualTo(index)).longColumn("ended");
        return LongStream.of(ended.asLongArray()).map(at -> at - log.begun()).sorted().toArray();
    }

    /** Microseconds of the longest time during which the difference is at least so large. */
    private static long longest(SortedMap<Long, Integer> changes, int difference) {
        long longest = 0, since = -1;
        var now = 0;
        for (var change : changes.entrySet()) {
            if (since >= 0) longest = Math.max(longest, change.getKey() - since);
            now += change.getValue();
            if (Math.abs(now) < difference) since = -1;
            else if (since < 0) since = change.getKey();
        }
        return longest;
    }
}
