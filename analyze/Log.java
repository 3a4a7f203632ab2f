import module java.base;
import com.fasterxml.jackson.databind.json.JsonMapper;
import tech.tablesaw.api.*;

/**
 * The tasks of one log, a row each; moments are microseconds since 1970. All figures, tables and pictures come from
 * {@link #tasks}.
 *
 * @param name    the file's name without its ending
 * @param tasks   the columns of {@link #COLUMNS}; of an inferred log, starts are computed and nothing is known of
 *                queues
 * @param skipped lines that are no line of a server
 * @param remarks sentences that a reader needs in order not to be misled
 * @param steps   concurrency over time
 * @param begun   when the first request was received; asked for each bar of a picture, so that it is computed once
 */
record Log(Path file, String name, Form form, Table tasks, TaskTime time, int skipped, List<String> remarks,
        List<Step> steps,
        long begun) {

    enum Form { lines, csv }

    /** From this moment on: so many tasks in flight, so many in the executor's queue. */
    record Step(long at, int inFlight, int waiting) {}

    static final String COLUMNS = "request,task,mode,thread,received,queued,started,ended,outcome";
    private static final Pattern NAME = Pattern.compile("(.*?)(\\.predicted)?\\.(csv|log)(\\.gz)?");

    /**
     * Reads a log of either form.
     *
     * @param taskTime how long a task waits, if the reader says so; else null
     * @throws IOException if it is missing, holds no task, or has a broken row; the message names file and line
     */
    static Log read(Path file, Duration taskTime) throws IOException {
        if (!Files.isRegularFile(file))
            throw new IOException(file + " does not exist; name a log or a folder of logs");
        List<String> lines;
        try (var bytes = Files.newInputStream(file);
                var text = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes) {
            // Any bytes are some text
            lines = new BufferedReader(new InputStreamReader(text, StandardCharsets.ISO_8859_1)).lines().toList();
        }
        var stated = taskTime != null ? Optional.of(new TaskTime(taskTime, TaskTime.From.option)) : manifest(file);
        var measured = !lines.isEmpty() && lines.getFirst().equals(COLUMNS);
        var read = measured ? Csv.read(file, lines, stated) : Lines.read(lines, stated);
        if (read.tasks.isEmpty()) throw new IOException(file + (measured
                ? " holds no task yet: the run was broken off, or still goes on"
                : " holds no end of a task, neither as a line (2021-01-26 02:46:24.017549 [45]0 sync end) nor as a "
                        + "row of "
                        + COLUMNS));
        var name = NAME.matcher(file.getFileName().toString());
        return new Log(file, name.matches() ? name.group(1) : file.getFileName().toString(),
                measured ? Form.csv : Form.lines, read.tasks,
                read.time, read.skipped, read.remarks, Figures.steps(read.tasks),
                (long) read.tasks.longColumn("received").min());
    }

    /** What a reader of one form found. */
    record Read(Table tasks, TaskTime time, int skipped, List<String> remarks) {}

    static Table emptyTable() {
        return Table.create(IntColumn.create("request"), IntColumn.create("task"), StringColumn.create("mode"),
                LongColumn.create("thread"),
                LongColumn.create("received"), LongColumn.create("queued"), LongColumn.create("started"),
                LongColumn.create("ended"),
                StringColumn.create("outcome"));
    }

    /** The task time that the manifest beside a log states: NAME.json beside NAME.csv and NAME.predicted.csv. */
    private static Optional<TaskTime> manifest(Path file) throws IOException {
        var name = NAME.matcher(file.getFileName().toString());
        var manifest = name.matches() ? file.resolveSibling(name.group(1) + ".json") : file;
        if (!name.matches() || Files.notExists(manifest)) return Optional.empty();
        try {
            return Optional.of(new TaskTime(
                    Duration.parse(new JsonMapper().readTree(manifest.toFile()).path("taskTime").asText()),
                    TaskTime.From.manifest));
            // Some other program's file
        } catch (DateTimeParseException | com.fasterxml.jackson.core.JsonProcessingException other) {
            return Optional.empty();
        }
    }

    /** What an ideal machine would have logged, if that lies beside it: NAME.predicted.csv. */
    Optional<Log> predicted() throws IOException {
        for (var ending : List.of(".predicted.csv", ".predicted.csv.gz")) {
            var other = file.resolveSibling(name + ending);
            if (!file.equals(other) && Files.exists(other)) return Optional.of(read(other, null));
        }
        return Optional.empty();
    }

    static boolean isPrediction(Path file) {
        var name = NAME.matcher(file.getFileName().toString());
        return name.matches() && name.group(2) != null;
    }

    boolean inferred() {
        return form == Form.lines;
    }

    Duration taskTime() {
        return time.time();
    }

    /** The task time in microseconds. */
    long micros() {
        return time.micros();
    }

    long[] moments(String column) {
        return tasks.longColumn(column).asLongArray();
    }

    double seconds(long moment) {
        return (moment - begun) / 1e6;
    }

    // ---- Figures

    String mode() {
        return tasks.stringColumn("mode").unique().asSet().stream().sorted(Comparator.reverseOrder())
                .collect(Collectors.joining("+"));
    }

    int requests() {
        return tasks.intColumn("request").countUnique();
    }

    int threads() {
        return tasks.longColumn("thread").countUnique();
    }

    int highest() {
        return steps.stream().mapToInt(Step::inFlight).max().orElse(0);
    }

    int plateau() {
        return Figures.plateau(steps, Figures.window(this));
    }

    String rounds() {
        return String.join(" | ", Figures.rounds(tasks));
    }

    /** Microseconds from the first request to the last end. */
    long makespan() {
        return (long) tasks.longColumn("ended").max() - begun();
    }

    /** Microseconds from the first end to the last of the tasks of that index. */
    long spread(int index) {
        var ended = tasks.where(tasks.intColumn("task").isEqualTo(index)).longColumn("ended");
        return (long) (ended.max() - ended.min());
    }

    /**
     * How many milliseconds each task that succeeded ended after it was due, ascending; empty where nobody knows when
     * it was due.
     */
    double[] lateness() {
        if (inferred() || time.from() == TaskTime.From.log) return new double[0];
        var ok = tasks.stringColumn("outcome").isEqualTo("ok").toArray();
        long[] started = moments("started"), ended = moments("ended");
        return IntStream.of(ok).mapToDouble(i -> (ended[i] - started[i] - micros()) / 1e3).sorted().toArray();
    }

    /** How many milliseconds each task waited in the queue, ascending; empty if the log does not tell. */
    double[] waits() {
        if (inferred()) return new double[0];
        long[] queued = moments("queued"), started = moments("started");
        return IntStream.range(0, queued.length).mapToDouble(i -> (started[i] - queued[i]) / 1e3).sorted().toArray();
    }
}
