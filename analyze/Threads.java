import module java.base;
import it.unimi.dsi.fastutil.longs.*;

/** Whether each thread ran one sync task at a time, as every thread does. */
final class Threads {

    private Threads() {}

    /** Adds a remark if one would have run several; it names three threads at most. */
    static void check(Form.Read log, int[] byStart) {
        var sync = log.tasks().stringColumn("mode").isEqualTo("sync").toArray();
        long[] started = log.tasks().longColumn("started").asLongArray(),
                ended = log.tasks().longColumn("ended").asLongArray(),
                threads = log.tasks().longColumn("thread").asLongArray();
        var order = byStart;
        if (sync.length < order.length) {
            var isSync = new BitSet();
            for (var row : sync) isSync.set(row);
            order = IntStream.of(order).filter(isSync::get).toArray();
        }
        var last = new Long2LongOpenHashMap(); // end by thread
        var several = new LongRBTreeSet();
        for (var i : order) {
            if (threads[i] == -1) continue; // the log does not tell
            if (last.containsKey(threads[i]) && started[i] < last.get(threads[i])) several.add(threads[i]);
            last.put(threads[i], Math.max(ended[i], last.get(threads[i])));
        }
        if (several.isEmpty()) return;
        var running = new Long2ObjectOpenHashMap<LongHeapPriorityQueue>(); // ends by thread
        var most = new TreeMap<Long, Integer>();
        for (var i : order) {
            if (!several.contains(threads[i])) continue;
            var ends = running.computeIfAbsent(threads[i], _ -> new LongHeapPriorityQueue());
            while (!ends.isEmpty() && ends.firstLong() <= started[i]) ends.dequeueLong();
            ends.enqueue(ended[i]);
            most.merge(threads[i], ends.size(), Math::max);
        }
        var named =
                most.entrySet().stream().limit(3).map(thread -> "Thread %s would run %d sync tasks at once".formatted(
                        log.names().getOrDefault(thread.getKey(), "" + thread.getKey()), thread.getValue()));
        log.remarks().add("%s%s, which is impossible: %s".formatted(named.collect(Collectors.joining("; ")),
                most.size() > 3 ? "; %s, too".formatted(Words.count(most.size() - 3, "more thread")) : "",
                log.known().starts() ? "this is the log of more than one process, or the tasks are async."
                        : "the task time is shorter (say it with --task-time), or this is the log of more than one "
                                + "process (read one at a time)."));
    }
}
