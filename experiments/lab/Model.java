import module java.base;

/**
 * The ideal machine: how tasks run where nothing takes time but the tasks. Its schedule is what the server would log there, so a prediction is a log
 * like any other. Time jumps from one end or arrival to the next (discrete-event simulation). Times are microseconds from 0.
 */
sealed interface Model {

    /** The most tasks that it runs concurrently. */
    int slots();

    /** A thread pool with one queue: a free thread takes the task that has waited longest. */
    static Model fifo(int threads) {
        return new Fifo(threads);
    }

    /** All tasks wait together on one thread. */
    static Model eventLoop() {
        return new EventLoop();
    }

    /** A thread for each task. */
    static Model unbounded() {
        return new Unbounded();
    }

    record Fifo(int slots) implements Model {}

    record EventLoop() implements Model {
        @Override
        public int slots() {
            return Integer.MAX_VALUE;
        }
    }

    record Unbounded() implements Model {
        @Override
        public int slots() {
            return Integer.MAX_VALUE;
        }
    }

    /** A row of the events file. Threads count from 1; of the free ones the lowest is taken. */
    record Row(int request, int task, String mode, int thread, long received, long queued, long started, long ended) {}

    record Waiting(int request, int task, long queued) {}

    record Running(Waiting task, int thread, long started, long ends) {}

    /**
     * The rows, in the order of their ends. At one moment ends come before arrivals, in the order of their starts; an ended task submits its request's
     * next task before the free slot is taken.
     *
     * @param arrivals a moment for each request, 0 or more, ascending
     * @param tasks    of each request, 1 or more
     * @param taskTime how long a task takes, 1 or more
     * @throws IllegalArgumentException if one of these or the number of threads is out of its range
     */
    default List<Row> schedule(long[] arrivals, int tasks, long taskTime) {
        if (slots() < 1 || tasks < 1 || taskTime < 1)
            throw new IllegalArgumentException("threads, tasks and their time must be 1 or more");
        if (!Arrays.equals(arrivals, LongStream.of(arrivals).map(at -> Math.max(0, at)).sorted().toArray()))
            throw new IllegalArgumentException("arrivals must be 0 or more and ascend");
        var rows = new ArrayList<Row>();
        var queue = new ArrayDeque<Waiting>();
        var running = new ArrayDeque<Running>(); // all take equally long, so the first to start is the first to end
        var taken = new BitSet(); // threads
        int arrived = 0, started = 0;
        while (arrived < arrivals.length || !running.isEmpty()) {
            long now;
            if (!running.isEmpty() && (arrived == arrivals.length || running.peek().ends <= arrivals[arrived])) {
                var ended = running.remove();
                var task = ended.task;
                now = ended.ends;
                taken.clear(ended.thread);
                rows.add(new Row(task.request, task.task, this instanceof EventLoop ? "async" : "sync", ended.thread,
                        arrivals[task.request], task.queued, ended.started, now));
                if (task.task + 1 < tasks) queue.add(new Waiting(task.request, task.task + 1, now));
            } else {
                now = arrivals[arrived];
                queue.add(new Waiting(arrived++, 0, now));
            }
            if (queue.isEmpty() || running.size() == slots()) continue; // else one came, or one slot fell free
            var thread = switch (this) {
                case EventLoop _ -> 1;
                case Unbounded _ -> started + 1;
                case Fifo _ -> taken.nextClearBit(1);
            };
            started++;
            taken.set(thread);
            running.add(new Running(queue.remove(), thread, now, now + taskTime));
        }
        return rows;
    }

    /** What this model makes of the requests of a log, at the moments when they came. */
    default List<Row> schedule(Log seen) {
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
                .collect(Collectors.joining("", "request,task,mode,thread,received,queued,started,ended,outcome\n",
                        ""));
    }
}
