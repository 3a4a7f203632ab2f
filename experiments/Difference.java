//SOURCES Model.java

import module java.base;

/** How far what was seen lies off the model: the same requests, on a perfect machine. Times are microseconds. */
final class Difference {

    /** What would have been logged in place of a log, had the same requests come at the same moments to a perfect machine. */
    static analyze.Log model(analyze.Log seen, Model.Discipline discipline) {
        var received = new TreeMap<Integer, Long>();
        for (var row : seen.tasks()) received.merge(row.getInt("request"), row.getLong("received") - seen.begun(), Math::min);
        var arrivals = received.values().stream().mapToLong(at -> at).sorted().toArray();
        var tasks = (int) seen.tasks().intColumn("task").max() + 1;
        return Model.log(Model.schedule(arrivals, tasks, (_, _) -> seen.micros(), discipline), seen.name(), seen.taskTime());
    }

    /**
     * How far two logs of the same requests lie apart: tasks in flight, of differences that last a tenth of a task time at least, for at a
     * round's end each is wide for a moment; and milliseconds between their n-th ends of tasks of the same index, for requests that come at
     * once may queue in another order than they are numbered.
     */
    static SequencedMap<String, Double> between(analyze.Log seen, analyze.Log model) {
        var changes = new TreeMap<Long, Integer>(); // at a moment, the difference changes by so much
        for (var log : List.of(seen, model)) {
            var before = 0;
            for (var step : log.steps()) {
                changes.merge(step.at() - log.begun(), (log == seen ? 1 : -1) * (step.inFlight() - before), Integer::sum);
                before = step.inFlight();
            }
        }
        int low = 0, high = Math.max(seen.highest(), model.highest());
        while (low < high) { // what lasts for a difference lasts for every smaller one
            var middle = (low + high + 1) / 2;
            if (longest(changes, middle) >= seen.micros() / 10) low = middle;
            else high = middle - 1;
        }
        var latest = 0L;
        var expected = ends(model);
        for (var seenEnds : ends(seen).entrySet()) {
            var predicted = expected.get(seenEnds.getKey());
            for (var i = 0; i < Math.min(predicted.size(), seenEnds.getValue().size()); i++)
                latest = Math.max(latest, Math.abs(seenEnds.getValue().get(i) - predicted.get(i)));
        }
        var differences = new LinkedHashMap<String, Double>();
        differences.put("off the model: in flight", (double) low);
        differences.put("off the model: end [ms]", latest / 1e3);
        return differences;
    }

    /** For each index of a task, when tasks of it ended, from the beginning, ascending. */
    private static Map<Integer, List<Long>> ends(analyze.Log log) {
        var ends = new HashMap<Integer, List<Long>>();
        for (var row : log.tasks()) ends.computeIfAbsent(row.getInt("task"), _ -> new ArrayList<>()).add(row.getLong("ended") - log.begun());
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
