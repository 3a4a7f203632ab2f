import module java.base;

/**
 * How far a run lies from its prediction.
 *
 * @param inFlight  the largest difference in concurrency that lasts a tenth of a task time; at the end of a round it is wide for a moment
 * @param endMillis the largest difference between the n-th measured and the n-th predicted end of one task index, in milliseconds: requests that come
 *                  at once may queue in another order than they are numbered
 */
record Deviation(int inFlight, double endMillis) {

    static Deviation of(Log seen, Log predicted) {
        var changes = new TreeMap<Long, Integer>(); // at a moment, the difference changes by so much
        add(changes, seen, 1);
        add(changes, predicted, -1);
        var inFlight = 0;
        while (longest(changes, inFlight + 1) >= Math.max(1, seen.micros() / 10)) inFlight++;
        var latest = 0L;
        var expected = ends(predicted);
        for (var measured : ends(seen).entrySet()) {
            var ends = expected.getOrDefault(measured.getKey(), List.of());
            for (var n = 0; n < Math.min(ends.size(), measured.getValue().size()); n++)
                latest = Math.max(latest, Math.abs(measured.getValue().get(n) - ends.get(n)));
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

    /** For each task index, when tasks of it ended, from the first request on, ascending. */
    private static Map<Integer, List<Long>> ends(Log log) {
        var ends = new HashMap<Integer, List<Long>>();
        for (var row : log.tasks())
            ends.computeIfAbsent(row.getInt("task"), _ -> new ArrayList<>()).add(row.getLong("ended") - log.begun());
        ends.values().forEach(Collections::sort);
        return ends;
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
