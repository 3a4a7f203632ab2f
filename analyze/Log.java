import module java.base;
import tech.tablesaw.api.*;

/**
 * The tasks of one log, a row each; moments are microseconds since 1970. All figures, tables and pictures come from
 * {@link #tasks}.
 *
 * @param name        the file's name without its ending
 * @param tasks       the columns of {@link #COLUMNS}; of an inferred log, starts are computed and nothing is known of
 *                    queues
 * @param names       of the threads and requests that have one
 * @param skipped     lines that are no line of a server
 * @param remarks     sentences that a reader needs in order not to be misled
 * @param steps       concurrency over time
 * @param order       the tasks in the order of their starts, then of their requests
 * @param begun       when the first request was received
 * @param requests    how many; 0 if the log does not tell
 * @param threads     how many; 0 if the log does not tell
 */
record Log(Path file, String name, String form, Table tasks, Map<Long, String> names, Form.Known known,
        TaskTime time, int skipped, List<String> remarks, Steps steps, int[] order, long begun, int requests,
        int threads) {

    /** From this moment on: so many tasks in flight, so many in the executor's queue. */
    record Step(long at, int inFlight, int waiting) {}

    static final String COLUMNS = "request,task,mode,thread,received,queued,started,ended,outcome";
    private static final String PREDICTED = ".predicted";

    /**
     * Reads a log in one file, of any form.
     *
     * @param taskTime how long a task waits, if the reader says so; else null
     * @throws IOException if it is missing, holds no task, or has a broken row; the message names file and line
     */
    static Log read(Path file, Duration taskTime) throws IOException {
        return read(Source.of(file), Analyze.FORMS, taskTime);
    }

    /** The same, of a log that may be rotated, in one of these forms; the last one takes whatever no other takes. */
    static Log read(Source source, List<Form> forms, Duration taskTime) throws IOException {
        try {
            return unpacked(source, forms, taskTime);
        } catch (ZipException | EOFException | UncheckedIOException broken) {
            throw new IOException(source.file() + " cannot be unpacked: "
                    + Objects.requireNonNullElse(broken.getMessage(), "it ends too early"));
        }
    }

    private static Log unpacked(Source source, List<Form> forms, Duration taskTime) throws IOException {
        var stated = taskTime != null ? Optional.of(new TaskTime(taskTime, TaskTime.From.option))
                : TaskTime.stated(manifest(source.file()));
        var form = form(source, forms);
        var read = form.read(source, stated);
        if (read.tasks().isEmpty()) throw new IOException(source.file() + (read.known().starts()
                ? " holds no task yet: the run was broken off, or still goes on"
                : " holds no end of a task. These forms are read: " + forms.stream().map(Form::example)
                        .collect(Collectors.joining("; "))));
        read.remarks().addAll(source.remarks());
        var tasks = read.tasks();
        var order = Order.by(tasks.longColumn("started").asLongArray(), tasks.intColumn("request").asIntArray());
        var steps = new Steps(tasks);
        Threads.check(read, order);
        Remarks.check(read, steps);
        return new Log(source.file(), Names.name(source.file()), form.name(), tasks, read.names(), read.known(),
                read.time(), read.skipped(), List.copyOf(read.remarks()), steps, order,
                LongStream.of(tasks.longColumn("received").asLongArray()).min().orElseThrow(),
                different(IntStream.of(tasks.intColumn("request").asIntArray()).asLongStream()),
                different(LongStream.of(tasks.longColumn("thread").asLongArray())));
    }

    /** How many different ids there are; 0 if they are not known. Most are small, and so are counted as bits. */
    private static int different(LongStream ids) {
        var small = new BitSet();
        var large = new it.unimi.dsi.fastutil.longs.LongOpenHashSet();
        ids.filter(id -> id != -1).forEach(id -> {
            if (id >= 0 && id < 1 << 26) small.set((int) id);
            else large.add(id);
        });
        return small.cardinality() + large.size();
    }

    private static Form form(Source source, List<Form> forms) throws IOException {
        final byte[] head;
        try (var bytes = Source.bytes(source.parts().getFirst())) {
            head = Source.head(bytes, 4);
        }
        var line = Source.firstLine(source.parts().getFirst());
        return forms.stream().filter(form -> form.fits(head, line)).findFirst().orElseThrow();
    }

    /** " on 4 threads", " on at least 4 threads" where some are not known, empty where all are not. */
    String onThreads() {
        if (threads == 0) return "";
        return (tasks.longColumn("thread").contains(-1L) ? " on at least " : " on ") + Words.count(threads, "thread");
    }

    /** NAME.json beside NAME.csv and NAME.predicted.csv. */
    static Path manifest(Path file) {
        return file.resolveSibling(Names.name(file) + ".json");
    }

    /** What an ideal machine would have logged, if that lies beside it: NAME.predicted.csv. */
    Optional<Log> predicted() throws IOException {
        for (var ending : List.of(".csv", ".csv.gz")) {
            var other = file.resolveSibling(name + PREDICTED + ending);
            if (!file.equals(other) && Files.exists(other)) return Optional.of(read(other, null));
        }
        return Optional.empty();
    }

    /** Whether starts were inferred from ends. */
    boolean inferred() {
        return !known.starts();
    }

    /** The task time in microseconds. */
    long micros() {
        return time.micros();
    }

    /** In microseconds since 1970: received, queued, started or ended. */
    long[] moments(String column) {
        return tasks.longColumn(column).asLongArray();
    }

    /** How long after the first request a moment was. */
    double seconds(long moment) {
        return (moment - begun) / 1e6;
    }

    /** A thread or a request, as the log writes it. */
    String named(long id) {
        return names.getOrDefault(id, "" + id);
    }

    // ---- Figures

    String mode() {
        return tasks.stringColumn("mode").unique().asSet().stream().sorted(Comparator.reverseOrder())
                .collect(Collectors.joining("+"));
    }

    int highest() {
        return steps.highest();
    }

    int plateau() {
        return steps.plateau(Figures.window(this));
    }

    String rounds() {
        return String.join(" | ", Rounds.of(this, Integer.MAX_VALUE).first());
    }

    /** Microseconds from the first request to the last end. */
    long makespan() {
        return steps.getLast().at() - begun;
    }

    /** Microseconds from the first end to the last of the tasks of that index. */
    long spread(int index) {
        return Figures.spreads(tasks).get(index);
    }

    /** Whether a task succeeded of which the log, with its task time, tells when it was due. */
    boolean isDueKnown() {
        return !inferred() && time.from() != TaskTime.From.log && tasks.stringColumn("outcome").contains("ok");
    }

    /**
     * How many milliseconds each task that succeeded ended after it was due, ascending; empty where nobody knows when
     * it was due.
     */
    double[] lateness() {
        if (!isDueKnown()) return new double[0];
        var ok = tasks.stringColumn("outcome").isEqualTo("ok").toArray();
        long[] started = moments("started"), ended = moments("ended");
        return ascending(IntStream.of(ok).mapToDouble(i -> (ended[i] - started[i] - micros()) / 1e3));
    }

    /** How many milliseconds each task waited in the queue, ascending; empty if the log does not tell. */
    double[] waits() {
        if (!known.queues()) return new double[0];
        long[] queued = moments("queued"), started = moments("started");
        return ascending(IntStream.range(0, queued.length).mapToDouble(i -> (started[i] - queued[i]) / 1e3));
    }

    private static double[] ascending(DoubleStream values) {
        var sorted = values.toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
