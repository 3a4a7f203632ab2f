import module java.base;

/**
 * Writes a log as Chrome's trace events, for Perfetto and other viewers: a task is a complete event on a slot where
 * nothing overlaps; what is in flight and queued are counters. What the log does not tell is left out. Times are
 * microseconds since the first request.
 */
final class Trace {

    private Trace() {}

    /** All logs in one file, each as a process of its own. */
    static void write(List<Log> logs, Path file) throws IOException {
        Pictures.write(file, out -> {
            out.write("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
            for (var process = 1; process <= logs.size(); process++) write(logs.get(process - 1), process, out);
            out.write("{\"ph\":\"M\",\"pid\":1,\"tid\":0,\"name\":\"process_sort_index\",\"args\":"
                    + "{\"sort_index\":1}}]}\n"); // the one event without a comma
        });
    }

    private static void write(Log log, int process, Writer out) throws IOException {
        out.write("{\"ph\":\"M\",\"pid\":%d,\"tid\":0,\"name\":\"process_name\",\"args\":{\"name\":%s}},\n"
                .formatted(process, Words.json(log.name())));
        long[] started = log.moments("started"), ended = log.moments("ended"), queued = log.moments("queued");
        long[] threads = log.moments("thread");
        var requests = log.tasks().intColumn("request").asIntArray();
        var free = new PriorityQueue<Integer>(); // slots, the lowest first
        var taken = new PriorityQueue<long[]>(Comparator.comparingLong(slot -> slot[0])); // until when, slot
        var slots = 0;
        for (var i : log.order()) {
            while (!taken.isEmpty() && taken.peek()[0] <= started[i]) free.add((int) taken.remove()[1]);
            var slot = free.isEmpty() ? slots++ : free.remove();
            taken.add(new long[]{ended[i], slot});
            var index = log.tasks().intColumn("task").getInt(i);
            var known = new StringBuilder();
            if (log.known().requests())
                known.append("\"request\":%s,".formatted(Words.json(log.named(requests[i]))));
            if (threads[i] != -1) known.append("\"thread\":%s,".formatted(Words.json(log.named(threads[i]))));
            if (log.known().queues())
                known.append("\"waited [ms]\":%s,".formatted((started[i] - queued[i]) / 1e3));
            out.write(("{\"ph\":\"X\",\"pid\":%d,\"tid\":%d,\"ts\":%d,\"dur\":%d,\"name\":\"task %d\",\"cat\":\"%s\","
                    + "\"args\":{%s\"outcome\":%s}},\n").formatted(process, slot + 1, started[i] - log.begun(),
                            ended[i] - started[i], index, log.tasks().stringColumn("mode").get(i), known,
                            Words.json(log.tasks().stringColumn("outcome").get(i))));
        }
        var steps = log.steps();
        for (var step = 0; step < steps.size(); step++)
            out.write(
                    "{\"ph\":\"C\",\"pid\":%d,\"tid\":0,\"ts\":%d,\"name\":\"tasks\",\"args\":{\"in flight\":%d%s}},\n"
                            .formatted(process, steps.at(step) - log.begun(), steps.inFlight(step),
                                    log.known().queues() ? ",\"queued\":" + steps.waiting(step) : ""));
        for (var slot = 1; slot <= slots; slot++)
            out.write(
                    "{\"ph\":\"M\",\"pid\":%d,\"tid\":%d,\"name\":\"thread_name\",\"args\":{\"name\":\"slot %d\"}},\n"
                            .formatted(process, slot, slot));
    }
}
