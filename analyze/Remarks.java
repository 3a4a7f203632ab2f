import module java.base;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;

/** What a log of any form may hide from its reader. */
final class Remarks {

    private static final int LONG = 10; // task times: a pause that no run makes by itself

    private Remarks() {}

    /** Adds remarks of requests that lack tasks and of a long time in which nothing ran. */
    static void check(Form.Read log, Steps steps) {
        if (log.known().requests() && log.known().starts()) unfinished(log);
        pause(log, steps);
    }

    /** That the time goes back, where first, and by how much; {@code harmless} is a reason to ignore that. */
    static String back(Object first, long micros, int times, String harmless) {
        var more = times == 1 ? "" : times == 2 ? ", and once more" : ", and %d times more".formatted(times - 1);
        return ("%s: the time goes back by %s s%s. If %s, no figure changes. If a clock was set, or summer time "
                + "ended, tasks from before and after may seem to run concurrently: log in UTC, or split the log at "
                + "that line.")
                .formatted(first, Words.number(micros / 1e6), more, harmless);
    }

    /** Requests whose last task succeeded, and yet has a lower index than the last one of others. */
    private static void unfinished(Form.Read log) {
        var indices = log.tasks().intColumn("task").asIntArray();
        var counts = new Int2IntOpenHashMap(); // tasks by index
        for (var index : indices) counts.addTo(index, 1);
        if (counts.values().intStream().distinct().count() < 2) return;
        var last = new Int2IntOpenHashMap(); // index by request
        last.defaultReturnValue(-1);
        for (var row = 0; row < indices.length; row++) {
            var ok = log.tasks().stringColumn("outcome").get(row).equals("ok");
            last.mergeInt(log.tasks().intColumn("request").getInt(row), ok ? indices[row] : Integer.MAX_VALUE,
                    Math::max); // a failed task is the last of its request
        }
        var most = counts.keySet().intStream().max().orElseThrow();
        var fewer = last.values().intStream().filter(index -> index < most).count();
        if (fewer > 0) log.remarks().add("%d of %s %s fewer tasks than the others, and no failed one: "
                .formatted(fewer, Words.count(last.size(), "request"), fewer == 1 ? "has" : "have")
                + "tasks still ran or waited when the log was "
                + "read, or were lost, so what is seen at its end is too low.");
    }

    /** The longest time without a task in flight, if it is most of the log. */
    private static void pause(Form.Read log, Steps steps) {
        long longest = 0, from = 0;
        for (var step = 0; step + 1 < steps.size(); step++) {
            var pause = steps.at(step + 1) - steps.at(step);
            if (steps.inFlight(step) > 0 || steps.waiting(step) > 0 || pause <= longest) continue;
            longest = pause;
            from = steps.at(step);
        }
        if (longest > LONG * log.time().micros() && 2 * longest > steps.length())
            log.remarks().add("Nothing ran for %s s from %s on: if these are several runs, read each by itself."
                    .formatted(Words.number(longest / 1e6),
                            Instant.EPOCH.plus(from, ChronoUnit.MICROS).truncatedTo(ChronoUnit.SECONDS)));
    }
}
