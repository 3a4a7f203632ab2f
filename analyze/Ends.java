import module java.base;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import tech.tablesaw.api.Table;

/** What the ends of tasks alone show: which were logged twice, how long a task took, which request each belongs to. */
final class Ends {

    private Ends() {}

    /** The tasks without ends that repeat, how many did, and whether each async end may stand there twice. */
    record Repeated(Table tasks, int count, boolean asyncTwice) {}

    /**
     * Drops sync ends that repeat exactly: moment, thread and index. Async ends may do so by chance, but not all of
     * them, where moments have microseconds.
     */
    static Repeated dropRepeated(Table tasks) {
        record End(long thread, int index) {}
        var ended = tasks.longColumn("ended").asLongArray();
        var order = Order.by(ended);
        var repeated = new ArrayList<Integer>();
        Set<End> seen = new HashSet<>(), odd = new HashSet<>(); // of one moment; odd: async ones, so far
        boolean exact = false, once = false;
        for (var n = 0; n < order.length; n++) {
            var i = order[n];
            if (n > 0 && ended[order[n - 1]] != ended[i]) {
                seen.clear();
                once |= !odd.isEmpty();
            }
            var end = new End(tasks.longColumn("thread").getLong(i), tasks.intColumn("task").getInt(i));
            if (tasks.stringColumn("mode").get(i).equals("sync")) {
                if (!seen.add(end)) repeated.add(i);
            } else {
                if (!odd.add(end)) odd.remove(end);
                exact |= ended[i] % 1_000 != 0; // it has microseconds; within a millisecond, a burst ends together
            }
        }
        var twice = exact && !once && odd.isEmpty();
        return repeated.isEmpty() ? new Repeated(tasks, 0, twice)
                : new Repeated(tasks.dropRows(repeated.stream().mapToInt(Integer::intValue).toArray()),
                        repeated.size(), twice);
    }

    /** The task time that the ends show, and a remark if one thread id must stand for several threads. */
    record Shown(TaskTime time, List<String> remarks) {}

    /**
     * The smallest gap between ends that follow each other on one thread (sync tasks) or, if every index has as many
     * ends, between the n-th ends of an index and of the next. Where the first is less than half the second, one
     * thread id stands for several threads, and the second is taken; but not if the gaps on the threads are alike, for
     * a pool with a long queue ends a task every task time, and an index long after the one before.
     */
    static Shown taskTime(Table tasks, int[] byEnd) {
        var ofIndices = Long.MAX_VALUE;
        var gaps = new LongArrayList(); // on a thread
        var last = new Long2LongOpenHashMap(); // end by thread
        var byMode = new HashMap<String, TreeMap<Integer, LongArrayList>>(); // ends by index
        for (var i : byEnd) {
            var ended = tasks.longColumn("ended").getLong(i);
            var mode = tasks.stringColumn("mode").get(i);
            byMode.computeIfAbsent(mode, _ -> new TreeMap<>())
                    .computeIfAbsent(tasks.intColumn("task").getInt(i), _ -> new LongArrayList()).add(ended);
            if (!mode.equals("sync")) continue;
            var thread = tasks.longColumn("thread").getLong(i);
            if (last.containsKey(thread) && ended > last.get(thread))
                gaps.add(ended - last.get(thread));
            last.put(thread, ended);
        }
        for (var byIndex : byMode.values()) ofIndices = Math.min(ofIndices, gap(byIndex));
        var onThread = gaps.longStream().min().orElse(Long.MAX_VALUE);
        if (onThread == Long.MAX_VALUE && ofIndices == Long.MAX_VALUE) return new Shown(TaskTime.ARTICLE, List.of());
        var alike = onThread > ofIndices / 50
                && gaps.longStream().filter(gap -> gap <= 1.2 * onThread).count() >= 0.75 * gaps.size();
        if (ofIndices < Long.MAX_VALUE && onThread < ofIndices / 2 && !alike) return new Shown(
                TaskTime.shown(ofIndices),
                List.of("Ends follow each other faster on one thread than a task takes, so one thread id stands for "
                        + "several threads: this is the log of more than one process."));
        return new Shown(TaskTime.shown(onThread < Long.MAX_VALUE ? onThread : ofIndices), List.of());
    }

    /** The smallest between the n-th ends of an index and of the next; the largest number if there is none. */
    private static long gap(SortedMap<Integer, LongArrayList> byIndex) {
        var smallest = Long.MAX_VALUE;
        if (byIndex.values().stream().mapToInt(List::size).distinct().count() > 1) return smallest;
        for (var index : byIndex.keySet()) {
            var next = byIndex.get(index + 1);
            for (var n = 0; next != null && n < next.size(); n++) {
                var gap = next.getLong(n) - byIndex.get(index).getLong(n);
                if (gap > 0) smallest = Math.min(smallest, gap);
            }
        }
        return smallest;
    }

    /** Whether all tasks are async, several requests left them, and none ended less than a task time after another. */
    static boolean oneByOne(Table tasks, TaskTime time) {
        var ended = tasks.longColumn("ended").asLongArray();
        Arrays.sort(ended);
        for (var i = 1; i < ended.length; i++) if (ended[i] - ended[i - 1] < time.micros()) return false;
        return ended.length > tasks.intColumn("task").countUnique() && !tasks.stringColumn("mode").contains("sync");
    }

    /**
     * Numbers the requests: tasks of one duration end in the order in which they began, so the n-th end of an index is
     * the n-th request's of that mode, sync ones first. Returns whether that can be right.
     *
     * @param answered requests that the log says were answered
     */
    static boolean number(Table tasks, int answered, List<String> remarks) {
        var counts = new TreeMap<String, TreeMap<Integer, Integer>>(Comparator.reverseOrder());
        var requests = new int[tasks.rowCount()];
        for (var i = 0; i < requests.length; i++)
            requests[i] = counts.computeIfAbsent(tasks.stringColumn("mode").get(i), _ -> new TreeMap<>())
                    .merge(tasks.intColumn("task").getInt(i), 1, Integer::sum) - 1;
        var first = new HashMap<String, Integer>(); // request of a mode
        int next = 0, firsts = 0;
        var known = true;
        for (var mode : counts.entrySet()) {
            var byIndex = mode.getValue();
            first.put(mode.getKey(), next);
            next += Collections.max(byIndex.values());
            firsts += byIndex.getOrDefault(0, 0);
            var gaps = byIndex.lastKey() - byIndex.firstKey() + 1 > byIndex.size() || byIndex.firstKey() > 0;
            if (!gaps && byIndex.values().stream().distinct().count() == 1) continue;
            known = false;
            remarks.add(
                    ("Not every index has as many %s ends (%s), so which request a task belongs to is not known, and "
                            + "a lane is a thread: a task failed, or the log was cut, or the numbers mean something "
                            + "else. Look for a failure, or read the whole log.")
                            .formatted(mode.getKey(), byIndex.entrySet().stream().limit(12)
                                    .map(index -> "index %d has %d".formatted(index.getKey(), index.getValue()))
                                    .collect(Collectors.joining(", "))));
        }
        if (answered > firsts && firsts > 0)
            remarks.add(("%s answered, and of their first tasks %d ended: the others were still "
                    + "waiting or running when the log ended, so what is seen at its end is too low.")
                    .formatted(Words.count(answered, "request") + (answered == 1 ? " was" : " were"), firsts));
        for (var i = 0; i < requests.length; i++)
            tasks.intColumn("request").set(i, first.get(tasks.stringColumn("mode").get(i)) + requests[i]);
        return known;
    }

    /** Adds what is inferred: a start is the end minus the task time, but not before the thread's end before it. */
    static void start(Table tasks, TaskTime time, int[] byEnd) {
        var ended = tasks.longColumn("ended").asLongArray();
        var started = new long[ended.length];
        var last = new Long2LongOpenHashMap(); // end by thread
        for (var i : byEnd) {
            started[i] = ended[i] - time.micros();
            if (tasks.stringColumn("mode").get(i).equals("async")) continue;
            var thread = tasks.longColumn("thread").getLong(i);
            if (last.containsKey(thread) && started[i] < last.get(thread)
                    && last.get(thread) - started[i] < time.micros() / 20)
                started[i] = last.get(thread);
            last.put(thread, ended[i]);
        }
        for (var column : List.of("received", "queued", "started"))
            for (var i = 0; i < started.length; i++) tasks.longColumn(column).set(i, started[i]);
    }
}
