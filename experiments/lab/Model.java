import module java.base;

/**
 * The ideal machine: how tasks run where nothing takes time but the tasks. Its schedule is what the server would log
 * there, so a prediction is a log like any other. Time jumps from one end or arrival to the next (discrete-event
 * simulation). Times are microseconds from 0.
 *
 * @param mode  of its tasks
 * @param slots the most tasks that it runs concurrently
 */
record Model(Server.Mode mode, int slots) {

    /** A thread pool with one queue: a free thread takes the task that has waited longest. */
    static Model fifo(int threads) {
        return new Model(Server.Mode.sync, threads);
    }

    /** All tasks wait together on one thread. */
    static Model eventLoop() {
        return new Model(Server.Mode.async, Integer.MAX_VALUE);
    }

    /** A thread for each task, never used again. */
    static Model unbounded() { return fifo(Integer.MAX_VALUE); }

    /** A row of the events file. Threads count from 1; of the free ones the lowest is taken. */
    record Row(int request, int task, String mode, int thread, long received, long queued, long started, long ended) {}

    record Waiting(int request, int task, long queued) {}

    /**
     * The rows, in the order of their ends. At one moment ends come before arrivals, in the order of their starts; an
     * ended task submits its request's next task before the free slot is taken.
     *
     * @param arrivals a moment for each request, 0 or more, ascending
     * @param tasks    of each request, 1 or more
     * @param taskTime how long a task takes, 1 or more
     * @throws IllegalArgumentException if one of these or the number of threads is out of its range
     */
    List<Row> schedule(long[] arrivals, int tasks, long taskTime) {
        if (slots < 1 || tasks < 1 || taskTime < 1)
            throw new IllegalArgumentException("threads, tasks and their time must be 1 or more");
        if (!Arrays.equals(arrivals, LongStream.of(arrivals).map(at -> Math.max(0, at)).sorted().toArray()))
            throw new IllegalArgumentException("arrivals must be 0 or more and ascend");
        var rows = new ArrayList<Row>();
        var queue = new ArrayDeque<Waiting>();
        var running = new ArrayDeque<Row>(); // all take equally long, so the first to start is the first to end
        var taken = new BitSet(); // threads
        for (var arrived = 0; arrived < arrivals.length || !running.isEmpty();) {
            var ends = running.isEmpty() ? Long.MAX_VALUE : running.peek().ended;
            var now = arrived == arrivals.length ? ends : Math.min(ends, arrivals[arrived]);
            if (now == ends) {
                var end = running.remove();
                rows.add(end);
                taken.clear(end.thread);
                if (end.task + 1 < tasks) queue.add(new Waiting(end.request, end.task + 1, now));
            } else {
                queue.add(new Waiting(arrived++, 0, now));
            }
            if (queue.isEmpty() || running.size() == slots) continue; // else one came, or one slot fell free
            var next = queue.remove();
            var thread = mode == Server.Mode.async ? 1
                    : slots == Integer.MAX_VALUE ? rows.size() + running.size() + 1 : taken.nextClearBit(1);
            taken.set(thread);
            running.add(new Row(next.request, next.task, "" + mode, thread, arrivals[next.request], next.queued, now,
                    now + taskTime));
        }
        return rows;
    }

    /** What this model makes of the requests of a log, at the moments when they came. */
    List<Row> schedule(Log seen) {
        var received = new TreeMap<Integer, Long>();
        for (var row : seen.tasks())
            received.merge(row.getInt("request"), row.getLong("received") - seen.begun(), Math::min);
        return schedule(received.values().stream().mapToLong(at -> at).sorted().toArray(),
                (int) seen.tasks().intColumn("task").max() + 1, seen.micros());
    }

    /** The rows as an events file, with that moment as 0. */
    static String csv(List<Row> rows, Instant start) {
        var iso = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSX").withZone(ZoneOffset.UTC);
        return rows.stream().map(row -> "%d,%d,%s,%d,%s,ok\n".formatted(row.request, row.task, row.mode, row.thread,
                LongStream.of(row.received, row.queued, row.started, row.ended)
                        .mapToObj(at -> iso.format(start.plus(at, ChronoUnit.MICROS)))
                        .collect(Collectors.joining(","))))
                .collect(Collectors.joining("", Log.COLUMNS + "\n", ""));
    }
}
