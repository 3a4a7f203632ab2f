///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Reads logs of background tasks; prints how many ran at once and draws when each of them ran
//JAVA 25+
//DEPS info.picocli:picocli:4.7.7
//DEPS tech.tablesaw:tablesaw-jsplot:0.44.4
//DEPS org.webjars.npm:plotly.js-dist:2.35.3
//DEPS org.slf4j:slf4j-nop:2.0.17
//DEPS me.tongfei:progressbar:0.10.1
//RUNTIME_OPTIONS --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED

/*
 * Question     A log says when each task ended. How many were in flight at once, and for how long?
 * Expectation  A pool of N threads holds a plateau of N; an event loop holds as many as there are requests.
 * Run it       jbang analyze.java results
 *
 * It reads two forms of log. The one for people has one line a task, written at its end:
 *     2021-01-26 02:46:24.017549 [45]0 sync end
 * so the start is inferred as the end minus the task time. The one for programs (CSV) has all moments, measured.
 */

import module java.base;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine;
import picocli.CommandLine.*;
import tech.tablesaw.api.*;
import tech.tablesaw.plotly.components.*;
import tech.tablesaw.plotly.traces.ScatterTrace;
import tech.tablesaw.plotly.traces.Trace;

@Command(name = "analyze.java", mixinStandardHelpOptions = true, version = "1.0", sortOptions = false,
        description = "Reads logs of background tasks, prints a table of what ran at once, and draws two pictures a log: "
                + "NAME-in-flight and NAME-lanes, each as a page (.html) and as a drawing (.svg).")
class analyze implements Callable<Integer> {

    static final String HEADER = "request,task,mode,thread,received,queued,started,ended,outcome";
    static final Pattern END = Pattern.compile("(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?) \\[(\\d+)](\\d+) (sync|async) end");
    static final Pattern OTHER = Pattern.compile("main thread: \\d+|(INFO|WARNING|ERROR): .*"); // of a server, but no end
    static final int MOST_REQUEST_LANES = 60; // above that a lane is a thread
    static final int MOST_ROWS = 240; // of a picture, that an eye can tell apart
    static final int MOST_BARS = 1_500; // of a picture, which make some 30 kB

    @Parameters(paramLabel = "FILE|DIR", defaultValue = "results", arity = "0..*",
            description = "Logs, or folders of logs (*.log, *.csv, also packed as *.gz); without one: ${DEFAULT-VALUE}.")
    List<Path> paths;
    @Option(names = "--task-time", defaultValue = "3s", paramLabel = "TIME",
            description = "How long a task waits: 3s, 250ms, 1m or ISO-8601 (default: ${DEFAULT-VALUE}).")
    Duration taskTime;
    @Option(names = "--out", paramLabel = "DIR", description = "Where the pictures go (default: beside each log).")
    Path out;

    @Option(names = "--expect", paramLabel = "N", description = "The plateau that you predict; pictures show it dashed instead of the one seen.")
    int expect;
    @Option(names = "--together",
            description = "Draw the lanes of all logs one above the other on one time axis, as together-lanes, and nothing else.")
    boolean together;

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT); // the same digits everywhere
        System.exit(new CommandLine(new analyze()).registerConverter(Duration.class, analyze::duration).execute(args));
    }

    /** Reads everything before it writes anything, so that a broken log leaves no half of a result behind. */
    @Override
    public Integer call() {
        try {
            if (out != null && Files.exists(out) && !Files.isDirectory(out)) throw new IOException("--out " + out + " is a file, not a folder");
            var logs = new LinkedHashMap<Path, Log>(); // by the path of its pictures, without the ending
            var plotly = new HashMap<Path, Path>(); // the folder whose plotly.js these pictures use
            for (var path : paths) {
                for (var file : files(path)) {
                    var name = file.equals(path) ? file.getFileName() : path.relativize(file);
                    var pictures = out == null || together ? file : out.resolve(name);
                    pictures = pictures.resolveSibling(pictures.getFileName().toString().replaceFirst("\\.\\w+(\\.gz)?$", ""));
                    if (logs.put(pictures, read(file, name.toString(), taskTime)) != null) {
                        throw new IOException("two logs would be drawn as " + pictures + "; give each its own --out");
                    }
                    plotly.put(pictures, out != null ? out : file.equals(path) ? file.toAbsolutePath().getParent() : path);
                }
            }
            System.out.printf("%s%nSpread and lateness are in milliseconds.%n", table(logs.values()));
            logs.values().forEach(log -> System.out.print(remarks(log)));
            if (together) {
                var folder = Objects.requireNonNullElse(out, Path.of(""));
                draw(List.copyOf(logs.values()), folder.resolve("together"), folder);
                return 0;
            }
            var work = logs.entrySet().stream();
            if (System.console() != null && System.console().isTerminal()) work = ProgressBar.wrap(work, progress("Drawing"));
            for (var entry : (Iterable<Map.Entry<Path, Log>>) work::iterator)
                draw(entry.getValue(), entry.getKey(), plotly.get(entry.getKey()), expect);
            return 0;
        } catch (IOException | UncheckedIOException e) { // the second from a folder that may not be read
            System.err.println("analyze: " + (e instanceof FileSystemException ? e : e.getMessage()));
            return 1;
        }
    }

    /** A progress bar without colours. */
    static ProgressBarBuilder progress(String task) {
        return ProgressBar.builder().setTaskName(task).setStyle(ProgressBarStyle.UNICODE_BLOCK);
    }

    static List<Path> files(Path path) throws IOException {
        if (Files.isRegularFile(path)) return List.of(path);
        if (!Files.isDirectory(path)) throw new IOException(path + " does not exist; name a log or a folder of logs");
        try (var files = Files.walk(path)) {
            var logs = files.filter(file -> file.toString().matches(".*\\.(log|csv)(\\.gz)?")).sorted().toList();
            if (logs.isEmpty()) throw new IOException(path + " holds no log (*.log or *.csv, or these as *.gz)");
            return logs;
        }
    }

    // ---- Reading: two forms, one table

    /**
     * The tasks of one log, a row each, in the columns of {@link #HEADER}; moments are microseconds since 1970.
     *
     * @param inferred starts are computed and not measured; so are requests, and nothing is known of queues
     * @param skipped  lines that are no line of a server
     * @param steps    concurrency over time
     * @param begun    when the first request was received
     */
    record Log(String name, Duration taskTime, boolean inferred, int skipped, Table tasks, List<Step> steps, long begun) {

        long[] moments(String column) {
            return tasks.longColumn(column).asLongArray();
        }

        long micros() {
            return taskTime.toNanos() / 1_000;
        }

        Log called(String name) {
            return new Log(name, taskTime, inferred, skipped, tasks, steps, begun);
        }

        double seconds(long moment) {
            return (moment - begun) / 1e6;
        }

        /** What the log holds, in one line for a picture. */
        String title() {
            return "%s: %s, %s, %d at once on %s".formatted(mode(), count(requests(), "request"), count(tasks.rowCount(), "task"), plateau(),
                    count(threads(), "thread"));
        }

        String mode() {
            return tasks.stringColumn("mode").unique().asSet().stream().sorted(Comparator.reverseOrder()).collect(Collectors.joining("+"));
        }

        /** The figures of this log by their names; times are milliseconds. Lateness is there only if starts were measured. */
        SequencedMap<String, Double> figures() {
            var figures = new LinkedHashMap<String, Double>();
            figures.put("requests", (double) requests());
            figures.put("tasks", (double) tasks.rowCount());
            figures.put("threads", (double) threads());
            figures.put("highest", (double) highest());
            figures.put("plateau", (double) plateau());
            for (var index : new TreeSet<>(tasks.intColumn("task").asSet())) figures.put("spread of " + index, spread(index) / 1e3);
            var late = lateness();
            if (!inferred && !late.isEmpty()) {
                figures.put("late: median", late.median() / 1e3);
                figures.put("late: p99", late.percentile(99) / 1e3);
                figures.put("late: max", late.max() / 1e3);
            }
            return figures;
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

        /** The highest concurrency that the run holds: that at least so many tasks are in flight for half a task time in all. */
        int plateau() {
            var spent = new TreeMap<Integer, Long>(Comparator.reverseOrder());
            for (var i = 1; i < steps.size(); i++) {
                spent.merge(steps.get(i - 1).inFlight, steps.get(i).at - steps.get(i - 1).at, Long::sum);
            }
            var held = 0L;
            for (var level : spent.entrySet()) {
                held += level.getValue();
                if (2 * held >= micros()) return level.getKey();
            }
            return 0;
        }

        /** Tasks that end together, as "12 of index 0, then 8 of 0 and 4 of 1": {@code 0×12 | 0×8 1×4}. */
        String rounds() {
            var started = moments("started");
            var ended = moments("ended");
            var byStart = IntStream.range(0, started.length).boxed().sorted(Comparator.comparing(i -> started[i])).toList();
            var firstEnd = new long[started.length + 1]; // the first end among the tasks from here on
            firstEnd[started.length] = Long.MAX_VALUE;
            for (var i = started.length - 1; i >= 0; i--) firstEnd[i] = Math.min(firstEnd[i + 1], ended[byStart.get(i)]);
            var rounds = new ArrayList<String>();
            for (int from = 0, to; from < started.length; from = to) { // a round: all that had started when its first one ended
                to = from + 1;
                while (to < started.length && started[byStart.get(to)] < firstEnd[from]) to++;
                var counts = new TreeMap<Integer, Integer>();
                byStart.subList(from, to).forEach(i -> counts.merge(tasks.intColumn("task").get(i), 1, Integer::sum));
                rounds.add(counts.entrySet().stream().map(c -> c.getKey() + "×" + c.getValue()).collect(Collectors.joining(" ")));
            }
            return String.join(" | ", rounds);
        }

        /** The first of the rounds, for where there is little room. */
        String firstRounds() {
            var rounds = List.of(rounds().split(" \\| "));
            return rounds.size() <= 12 ? rounds() : "%s | … and %d more".formatted(String.join(" | ", rounds.subList(0, 12)), rounds.size() - 12);
        }

        /** Microseconds from the first end to the last of the tasks of that index. */
        long spread(int index) {
            var ended = tasks.where(tasks.intColumn("task").isEqualTo(index)).longColumn("ended");
            return (long) (ended.max() - ended.min());
        }

        /** How many microseconds each task that succeeded ended after it was due: its start plus the task time. */
        DoubleColumn lateness() {
            var ok = tasks.stringColumn("outcome").isEqualTo("ok").toArray();
            var started = moments("started");
            var ended = moments("ended");
            return DoubleColumn.create("lateness", IntStream.of(ok).mapToDouble(i -> ended[i] - started[i] - micros()).toArray());
        }
    }

    /** From this moment on, in microseconds since 1970: so many tasks in flight, so many waiting in the executor's queue. */
    record Step(long at, int inFlight, int waiting) {}

    /**
     * Reads a log of either form.
     *
     * @throws IOException if it is missing, holds no task, or has a broken CSV row; the message names file and line
     */
    static Log read(Path file, String name, Duration taskTime) throws IOException {
        if (!Files.isRegularFile(file)) throw new IOException(file + " does not exist");
        List<String> lines;
        try (var bytes = Files.newInputStream(file); var text = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes) {
            lines = new String(text.readAllBytes(), StandardCharsets.ISO_8859_1).lines().toList(); // any bytes are some text
        }
        var inferred = lines.isEmpty() || !lines.getFirst().equals(HEADER);
        var tasks = Table.create(IntColumn.create("request"), IntColumn.create("task"), StringColumn.create("mode"),
                LongColumn.create("thread"), LongColumn.create("received"), LongColumn.create("queued"),
                LongColumn.create("started"), LongColumn.create("ended"), StringColumn.create("outcome"));
        var requests = new HashMap<String, Integer>(); // how many of each index have an end so far
        var skipped = 0;
        for (var i = inferred ? 0 : 1; i < lines.size(); i++) {
            var line = lines.get(i);
            try {
                if (inferred) skipped += infer(tasks, line, taskTime, requests) || OTHER.matcher(line).matches() ? 0 : 1;
                else append(tasks, line.split(",", -1));
            } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
                if (!inferred) throw new IOException("%s, line %d: not a row of %s: %s".formatted(file, i + 1, HEADER, line));
                skipped++;
            }
        }
        if (tasks.isEmpty()) throw new IOException(file + " holds no task's end, neither as a line nor as a CSV row");
        return new Log(name, taskTime, inferred, skipped, tasks, steps(tasks), (long) tasks.longColumn("received").min());
    }

    /** Appends the task whose end a line tells, if it tells one. */
    static boolean infer(Table tasks, String line, Duration taskTime, Map<String, Integer> requests) {
        var end = END.matcher(line);
        if (!end.matches()) return false;
        var ended = end.group(1) + "T" + end.group(2) + "Z";
        var started = Instant.parse(ended).minus(taskTime).toString();
        // Tasks of one duration end in the order in which they began, so the n-th end of an index is the n-th request's.
        var kind = end.group(4);
        append(tasks, "" + requests.getOrDefault(kind, 0), end.group(4), end.group(5), end.group(3), started, started, started, ended, "ok");
        requests.merge(kind, 1, Integer::sum);
        return true;
    }

    /** Appends a row, or nothing if a cell is none of its column. */
    static void append(Table tasks, String... cells) {
        if (cells.length != 9 || !cells[2].matches("sync|async") || cells[8].isEmpty()) throw new IllegalArgumentException();
        var request = Integer.parseInt(cells[0]);
        var task = Integer.parseInt(cells[1]);
        var thread = Long.parseLong(cells[3]);
        var moments = Stream.of(cells).skip(4).limit(4).mapToLong(cell -> ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(cell))).toArray();
        if (request < 0 || task < 0 || !Arrays.equals(moments, LongStream.of(moments).sorted().toArray())) throw new IllegalArgumentException();
        tasks.intColumn("request").append(request);
        tasks.intColumn("task").append(task);
        tasks.stringColumn("mode").append(cells[2]);
        tasks.longColumn("thread").append(thread);
        for (var i = 0; i < 4; i++) tasks.longColumn(i + 4).append(moments[i]);
        tasks.stringColumn("outcome").append(cells[8]);
    }

    /** What is in flight and what waits, at every moment at which that changes; one microsecond's changes count as one. */
    static List<Step> steps(Table tasks) {
        record Change(long at, int inFlight, int waiting) {}
        var changes = new ArrayList<Change>();
        for (var at : tasks.longColumn("queued")) changes.add(new Change(at, 0, 1));
        for (var at : tasks.longColumn("started")) changes.add(new Change(at, 1, -1));
        for (var at : tasks.longColumn("ended")) changes.add(new Change(at, -1, 0));
        changes.sort(Comparator.comparing(Change::at));
        var steps = new ArrayList<Step>();
        int inFlight = 0, waiting = 0;
        for (var change : changes) {
            inFlight += change.inFlight;
            waiting += change.waiting;
            if (!steps.isEmpty() && steps.getLast().at == change.at) steps.removeLast();
            steps.add(new Step(change.at, inFlight, waiting));
        }
        return steps;
    }

    // ---- The table

    static String table(Collection<Log> logs) {
        var figures = new LinkedHashMap<Log, Map<String, Double>>();
        logs.forEach(log -> figures.put(log, log.figures()));
        var columns = figures.values().stream().flatMap(values -> values.keySet().stream()).distinct().toList();
        var table = Table.create("", StringColumn.create("log"), StringColumn.create("mode"));
        columns.forEach(column -> table.addColumns(StringColumn.create(column)));
        figures.forEach((log, values) -> {
            var row = table.appendRow();
            row.setString("log", log.name);
            row.setString("mode", log.mode());
            columns.forEach(column -> row.setString(column, values.containsKey(column) ? number(values.get(column)) : "-"));
        });
        return table.printAll();
    }

    /** What a reader must know of a log besides its figures. */
    static String remarks(Log log) {
        var remarks = new StringBuilder("%s: rounds %s%n".formatted(log.name, log.firstRounds()));
        if (log.inferred) remarks.append("%s: starts are inferred as end minus %s, requests are numbered in the order of their ends%n"
                .formatted(log.name, text(log.taskTime)));
        if (log.skipped > 0) remarks.append("%s: skipped %d lines that are no log lines%n".formatted(log.name, log.skipped));
        if (!log.inferred && log.lateness().min() < 0)
            remarks.append("%s: the shortest task took less than %s; say how long a task waits with --task-time%n"
                    .formatted(log.name, text(log.taskTime)));
        return remarks.toString();
    }

    // ---- What is drawn: one set of data for the page and for the drawing

    static final int WAIT = -1; // in place of a task index: the task waits in the executor's queue

    /** A bar in a row of a picture, from and to in seconds since the first request. */
    record Bar(int row, double from, double to, int index) {}

    /** A lane a request or, where there are many, a thread. Tasks that overlap in a lane lie in rows of their own. */
    record Lanes(String unit, List<Bar> bars, NavigableMap<Integer, String> firstRows, int rows) {}

    static Lanes lanes(Log log) {
        var unit = log.requests() > MOST_REQUEST_LANES ? "thread" : "request";
        var lanes = new LinkedHashMap<String, List<long[]>>();
        for (var task : log.tasks.sortOn("started", "request")) {
            lanes.computeIfAbsent(task.getObject(unit).toString(), _ -> new ArrayList<>()).add(
                    new long[]{task.getLong("queued"), task.getLong("started"), task.getLong("ended"), task.getInt("task")});
        }
        var bars = new ArrayList<Bar>();
        var firstRows = new TreeMap<Integer, String>();
        var rows = 0;
        for (var lane : lanes.entrySet()) {
            firstRows.put(rows, lane.getKey());
            var freeRows = new PriorityQueue<long[]>(Comparator.comparing((long[] row) -> row[0])); // free from when, row
            for (var task : lane.getValue()) {
                var row = freeRows.isEmpty() || freeRows.peek()[0] > task[1] ? rows++ : (int) freeRows.remove()[1];
                freeRows.add(new long[]{task[2], row});
                if (unit.equals("request")) bars.add(new Bar(row, log.seconds(task[0]), log.seconds(task[1]), WAIT));
                bars.add(new Bar(row, log.seconds(task[1]), log.seconds(task[2]), (int) task[3]));
            }
        }
        return new Lanes(unit, bars, firstRows, rows);
    }

    /** The pictures of a log, each as a page and as a drawing; the pages use a {@code plotly.js} in that folder. */
    static void draw(Log log, Path pictures, Path plotlyFolder, int predicted) throws IOException {
        draw(log, pictures, plotlyFolder, predicted, null);
    }

    /** The same with the whole course predicted, where {@code model} is not null: the log that was expected, dashed under the one seen. */
    static void draw(Log log, Path pictures, Path plotlyFolder, int predicted, Log model) throws IOException {
        var plotly = plotly(pictures, plotlyFolder);
        write(Path.of(pictures + "-in-flight.html"), inFlightPage(log, plotly, predicted, model));
        write(Path.of(pictures + "-in-flight.svg"), inFlightDrawing(log, predicted, model));
        draw(List.of(log), pictures, plotlyFolder);
        drawLateness(List.of(log), pictures, plotlyFolder, new LinkedHashMap<>());
    }

    /** The lanes of several logs together. */
    static void draw(List<Log> logs, Path pictures, Path plotlyFolder) throws IOException {
        write(Path.of(pictures + "-lanes.html"), lanesPage(logs, plotly(pictures, plotlyFolder)));
        write(Path.of(pictures + "-lanes.svg"), lanesDrawing(logs));
    }

    /**
     * The lateness of those logs that are large and measured, if any is.
     *
     * @param parts of a spread in milliseconds, for a bar below
     */
    static void drawLateness(List<Log> logs, Path pictures, Path plotlyFolder, SequencedMap<String, Double> parts) throws IOException {
        var large = logs.stream().filter(log -> !log.inferred && log.requests() > MOST_REQUEST_LANES && !log.lateness().isEmpty()).toList();
        if (large.isEmpty()) return;
        write(Path.of(pictures + "-lateness.html"), latenessPage(large, plotly(pictures, plotlyFolder)));
        write(Path.of(pictures + "-lateness.svg"), latenessDrawing(large, parts));
    }

    /** The link from pages to Plotly, which now lies in that folder. */
    static String plotly(Path pictures, Path plotlyFolder) throws IOException {
        var folder = pictures.toAbsolutePath().normalize().getParent();
        Files.createDirectories(folder);
        var plotly = plotlyFolder.toAbsolutePath().normalize().resolve("plotly.js");
        try (var script = analyze.class.getResourceAsStream("/META-INF/resources/webjars/plotly.js-dist/2.35.3/plotly.js")) {
            if (Files.notExists(plotly)) write(plotly, new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
        return folder.relativize(plotly).toString().replace('\\', '/');
    }

    /** All or nothing: a reader sees the old file or the new one. */
    static void write(Path file, String text) throws IOException {
        var half = file.resolveSibling(file.getFileName() + ".half");
        try {
            Files.writeString(half, text.replace("\r\n", "\n")); // the same on every system
            Files.move(half, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(half);
        }
    }

    // ---- Pages, by Plotly

    static String inFlightPage(Log log, String plotly, int predicted, Log model) {
        var at = log.steps.stream().mapToDouble(step -> log.seconds(step.at)).toArray();
        var plateau = predicted > 0 ? predicted : log.plateau();
        return page("%s (%s)".formatted(log.title(), log.name), "seconds since the first request", Axis.Type.LINEAR, "tasks", plotly,
                line("in flight", colour(0), at, log.steps.stream().mapToDouble(Step::inFlight).toArray(), Line.Dash.SOLID),
                line("waiting in the queue", colour(WAIT), at, log.steps.stream().mapToDouble(Step::waiting).toArray(), Line.Dash.DOT),
                model == null ? line((predicted > 0 ? "predicted: " : "plateau: ") + plateau, colour(1), new double[]{0, at[at.length - 1]},
                        new double[]{plateau, plateau}, Line.Dash.DASH)
                        : line("in flight, predicted", colour(1), model.steps.stream().mapToDouble(step -> model.seconds(step.at)).toArray(),
                                model.steps.stream().mapToDouble(Step::inFlight).toArray(), Line.Dash.DASH));
    }

    static Trace line(String name, String colour, double[] x, double[] y, Line.Dash dash) {
        return ScatterTrace.builder(x, y).mode(ScatterTrace.Mode.LINE).name(name)
                .line(Line.builder().shape(Line.Shape.HV).color(colour).dash(dash).build()).build();
    }

    /** Lanes of one or more logs, the first at the top. */
    static String lanesPage(List<Log> logs, String plotly) {
        var bars = new ArrayList<Bar>();
        var rows = 0;
        for (var log : logs.reversed()) { // Plotly counts upwards
            var lanes = lanes(log);
            for (var bar : lanes.bars) bars.add(new Bar(rows + lanes.rows - bar.row, bar.from, bar.to, bar.index));
            rows += lanes.rows + 1;
        }
        var width = Math.clamp(360.0 / rows, 1, 16);
        var title = logs.stream().map(Log::title).collect(Collectors.joining(" / ")) + (logs.size() == 1 ? " (" + logs.getFirst().name + ")" : "");
        return page(title, "seconds since the first request", Axis.Type.LINEAR,
                logs.stream().allMatch(log -> log.requests() <= MOST_REQUEST_LANES) ? "requests, the first at the top"
                        : "threads, the first at the top",
                plotly,
                byIndex(bars).entrySet().stream().map(kind -> {
                    var strokes = kind.getValue(); // NaN lifts the pen between them
                    var x = strokes.stream().flatMapToDouble(bar -> DoubleStream.of(bar.from, bar.to, Double.NaN)).toArray();
                    var y = strokes.stream().flatMapToDouble(bar -> DoubleStream.of(bar.row, bar.row, Double.NaN)).toArray();
                    return ScatterTrace.builder(x, y).mode(ScatterTrace.Mode.LINE).name(name(kind.getKey())).line(Line.builder()
                            .width(kind.getKey() == WAIT ? width / 4 : width).color(colour(kind.getKey())).build()).build();
                }).toArray(Trace[]::new));
    }

    static String latenessPage(List<Log> logs, String plotly) {
        return page("Lateness: how long after it was due a task ended", "milliseconds", Axis.Type.LOG, "share of the tasks", plotly,
                IntStream.range(0, logs.size()).mapToObj(i -> {
                    var late = sortedLateness(logs.get(i));
                    var share = IntStream.rangeClosed(1, late.length).mapToDouble(n -> n / (double) late.length).toArray();
                    return line(logs.get(i).name, colour(i), late, share, Line.Dash.SOLID);
                }).toArray(Trace[]::new));
    }

    static String page(String title, String x, Axis.Type scale, String y, String plotly, Trace... traces) {
        var layout = Layout.builder(title).autosize(true).showLegend(true).xAxis(Axis.builder().title(x).type(scale).build())
                .yAxis(Axis.builder().title(y).tickSettings(TickSettings.builder().tickMode(TickSettings.TickMode.AUTO)
                        .showTickLabels(!y.endsWith("at the top")).build()).build())
                .build();
        var figure = new Figure(layout, Config.builder().responsive(true).displayLogo(false).build(), traces);
        return Page.pageBuilder(figure, "picture").plotlyJsLocation(plotly).build().asJavascript() // and as large as the window
                .replace("<div id='picture' >", "<div id='picture' style='height: 95vh'>").replaceFirst("height: \\d+,\\s+width: \\d+,", "");
    }

    static SortedMap<Integer, List<Bar>> byIndex(List<Bar> bars) {
        return bars.stream().collect(Collectors.groupingBy(Bar::index, TreeMap::new, Collectors.toList()));
    }

    static String name(int index) {
        return index == WAIT ? "waits in the queue" : "task " + index;
    }

    static String colour(int index) { // after Okabe and Ito, 2008, for all eyes; the third is lighter than theirs, for grey
        return index == WAIT ? "#8c959f" : List.of("#0072b2", "#e69f00", "#9fd8f5", "#009e73", "#cc79a7", "#d55e00").get(index % 6);
    }

    // ---- Drawings, as SVG

    /** Lanes of one or more logs, one above the other on one time axis. */
    static String lanesDrawing(List<Log> logs) {
        var drawing = new Drawing(logs);
        var waits = false;
        var units = new TreeSet<String>();
        for (var log : logs) {
            var lanes = lanes(log);
            units.add(lanes.unit);
            var rows = Math.clamp(lanes.rows, 1, MOST_ROWS / logs.size()); // more lie on top of each other
            var pitch = Math.clamp(rows * 16, 96, 320) / (double) rows;
            drawing.title(log.title());
            var labelled = -1.0;
            for (var lane : lanes.firstRows.entrySet()) {
                var y = (lane.getKey() * rows / lanes.rows + 0.5) * pitch;
                if (labelled < 0 || y - labelled > 18) drawing.label(labelled = y, lane.getValue());
            }
            var narrow = 1.0; // bars narrower than that and next to each other make one, until the picture is small enough
            var bars = merged(lanes, rows, drawing.seconds(narrow));
            while (bars.size() > MOST_BARS / logs.size() && narrow < Drawing.RIGHT) bars = merged(lanes, rows, drawing.seconds(narrow *= 2));
            byIndex(bars).forEach((index, ofIndex) -> {
                drawing.stroke(colour(index), index == WAIT ? pitch / 5 : rows > 60 ? pitch + 0.4 : pitch * 0.8);
                ofIndex.forEach(bar -> drawing.bar(bar.from, bar.to, (bar.row + 0.5) * pitch));
            });
            waits |= bars.stream().anyMatch(bar -> bar.index == WAIT && bar.to - bar.from > drawing.seconds(2));
            drawing.axis(rows * pitch);
        }
        var indices = logs.stream().flatMap(log -> log.tasks.intColumn("task").asList().stream()).collect(Collectors.toCollection(TreeSet::new));
        indices.forEach(index -> drawing.key(name(index), colour(index)));
        if (waits) drawing.key(name(WAIT), colour(WAIT));
        drawing.key("a lane is a " + String.join(" or a ", units), "none");
        return drawing.svg("Each bar is a task from start to end, each lane a request or a thread. ");
    }

    /** The bars in so many rows, those of one index that overlap in a row as one, and those so narrow that they follow each other closely. */
    static List<Bar> merged(Lanes lanes, int rows, double narrow) {
        var merged = new ArrayList<Bar>();
        var sorted = lanes.bars.stream().map(bar -> new Bar((int) ((long) bar.row * rows / lanes.rows), bar.from, bar.to, bar.index))
                .sorted(Comparator.comparing(Bar::index).thenComparing(Bar::row).thenComparing(Bar::from)).toList();
        for (var bar : sorted) {
            var last = merged.isEmpty() ? null : merged.getLast();
            var joins = last != null && last.index == bar.index && last.row == bar.row
                    && (bar.from < last.to || bar.from < last.to + narrow && bar.to - bar.from < 3 * narrow);
            if (joins) merged.set(merged.size() - 1, new Bar(bar.row, last.from, Math.max(last.to, bar.to), bar.index));
            else merged.add(bar);
        }
        return merged;
    }

    /** Tasks in flight and in the queue over time; dashed is the predicted plateau or, where that is 0, the one seen. */
    static String inFlightDrawing(Log log, int predicted) {
        return inFlightDrawing(log, predicted, null);
    }

    /** The same; dashed is what a model predicted, if there is one. */
    static String inFlightDrawing(Log log, int predicted, Log model) {
        var drawing = new Drawing(model == null ? List.of(log) : List.of(log, model));
        var most = log.steps.stream().mapToInt(step -> Math.max(step.inFlight, step.waiting)).max().orElseThrow();
        var top = Math.max(Math.max(1, most), model != null ? model.highest() : predicted);
        var scale = 200.0 / top;
        var plateau = model != null ? model.plateau() : predicted > 0 ? predicted : log.plateau();
        drawing.title(log.title());
        var labels = new LinkedHashSet<>(List.of(plateau, top, 0));
        labels.stream().filter(tasks -> tasks == plateau || Math.abs(tasks - plateau) * scale > 18) // which leaves room between them
                .forEach(tasks -> drawing.label(200 - tasks * scale, String.valueOf(tasks)));
        drawing.stroke(colour(WAIT), 1.5);
        drawing.steps(log, step -> 200 - step.waiting * scale);
        drawing.stroke(colour(0), 2.5);
        drawing.steps(log, step -> 200 - step.inFlight * scale);
        drawing.stroke(colour(1), 2);
        if (model == null) drawing.dashed(200 - plateau * scale);
        else drawing.dashed(model, step -> 200 - step.inFlight * scale);
        drawing.axis(200);
        drawing.key("in flight", colour(0));
        drawing.key("waiting in the queue", colour(WAIT));
        drawing.key(model != null || predicted > 0 ? "predicted " + plateau + ", seen " + log.plateau() : "plateau " + plateau, colour(1),
                "h5m4 0h5");
        return drawing.svg("Tasks in flight over time; highest %d, plateau %d. ".formatted(log.highest(), plateau));
    }

    /** The share of the tasks that were at most so late, a line a log, on a log axis; below it the parts of a spread as one bar. */
    static String latenessDrawing(List<Log> logs, SequencedMap<String, Double> parts) {
        var drawing = new Drawing(logs);
        var late = logs.stream().map(analyze::sortedLateness).toList();
        var low = Math.floor(Math.log10(late.stream().mapToDouble(each -> each[0]).min().orElseThrow()));
        var high = Math.max(low + 1, Math.ceil(Math.log10(late.stream().mapToDouble(each -> each[each.length - 1]).max().orElseThrow())));
        DoubleUnaryOperator x = millis -> Drawing.LEFT + (Drawing.RIGHT - Drawing.LEFT) * (Math.log10(millis) - low) / (high - low);
        drawing.title("Lateness: how long after it was due a task ended");
        drawing.label(0, "all");
        drawing.label(100, "half");
        for (var i = 0; i < logs.size(); i++) {
            var sorted = late.get(i);
            drawing.stroke(colour(i), 2.5);
            drawing.body.append("M%s %s".formatted(number(x.applyAsDouble(sorted[0])), number(drawing.top + 200)));
            for (var n = 1; n <= 200; n++) { // two hundred steps are what an eye can tell apart; the last one is exact
                var value = sorted[(int) Math.ceil(n / 200.0 * sorted.length) - 1];
                drawing.body.append("H%sV%s".formatted(number(x.applyAsDouble(value)), number(drawing.top + 200 - n)));
            }
        }
        for (var tick = low; tick <= high; tick++)
            drawing.tick(x.applyAsDouble(Math.pow(10, tick)), 200, number(Math.pow(10, tick)) + (tick == low ? " ms" : ""));
        drawing.top += 230;
        for (var i = 0; i < logs.size(); i++) drawing.key(logs.get(i).name, colour(i));
        if (parts.isEmpty()) return drawing.svg("The share of the tasks that were at most so late. ");
        drawing.top += 36;
        drawing.title("The parts of the spread, %s ms in all".formatted(number(parts.values().stream().mapToDouble(part -> part).sum())));
        var all = parts.values().stream().mapToDouble(part -> Math.max(0, part)).sum();
        var from = Drawing.LEFT;
        var index = 0;
        for (var part : parts.values()) {
            var to = from + (Drawing.RIGHT - Drawing.LEFT) * Math.max(0, part) / all;
            drawing.stroke(colour(index++), 24);
            drawing.body.append("M%s %sH%s".formatted(number(from), number(drawing.top + 12), number(to)));
            from = to;
        }
        drawing.top += 32;
        drawing.keyAt = Drawing.LEFT;
        index = 0;
        for (var part : parts.entrySet()) drawing.key("%s %s".formatted(part.getKey(), number(part.getValue())), colour(index++));
        return drawing.svg("The share of the tasks that were at most so late, and the parts of the spread. ");
    }

    /** In milliseconds, from the least to the most; a log axis has no zero, so that is a microsecond. */
    static double[] sortedLateness(Log log) {
        return log.lateness().asList().stream().mapToDouble(micros -> Math.max(1, micros) / 1e3).sorted().toArray();
    }

    /** An SVG in the making: panels from top to bottom, seconds from left to right. Readable on a phone, in light and in dark. */
    static final class Drawing {
        static final double LEFT = 56, RIGHT = 624; // of 640

        final List<Log> logs;
        final double end; // in seconds
        final StringBuilder body = new StringBuilder();
        double top = 8, keyAt = LEFT;
        String open = "";

        Drawing(List<Log> logs) {
            this.logs = logs;
            this.end = Math.max(1e-6, logs.stream().mapToDouble(log -> log.seconds(log.steps.getLast().at)).max().orElseThrow());
        }

        double x(double seconds) {
            return LEFT + (RIGHT - LEFT) * seconds / end;
        }

        double seconds(double width) {
            return width * end / (RIGHT - LEFT);
        }

        void text(double x, double y, String anchor, String text) {
            close();
            body.append("<text x='%s' y='%s' text-anchor='%s'>%s</text>\n".formatted(number(x), number(y), anchor, text));
        }

        void title(String title) {
            text(LEFT, top + 16, "start", title);
            top += 30;
        }

        void label(double y, String text) {
            text(LEFT - 8, top + y + 5, "end", text.length() > 5 ? "…" + text.substring(text.length() - 4) : text);
        }

        void stroke(String colour, double width) {
            close();
            body.append("<path stroke='%s' stroke-width='%s' d='".formatted(colour, number(width)));
            open = "'/>\n";
        }

        void close() {
            body.append(open);
            open = "";
        }

        /** A bar ends a little early, so that one that follows at once is seen as another. */
        void bar(double from, double to, double y) {
            body.append("M%s %sH%s".formatted(number(x(from)), number(top + y), number(Math.max(x(to) - 1, x(from) + 0.5))));
        }

        void dashed(double y) {
            body.append("M%s %sH%s".formatted(number(LEFT), number(top + y), number(RIGHT)));
            open = "' stroke-dasharray='6 4'/>\n";
        }

        void dashed(Log log, ToDoubleFunction<Step> height) {
            steps(log, height);
            open = "' stroke-dasharray='6 4'/>\n";
        }

        /** A curve of steps; of the many in one column of pixels, the highest, the lowest and the last. */
        void steps(Log log, ToDoubleFunction<Step> height) {
            var columns = log.steps.stream().collect(Collectors.groupingBy(step -> Math.round(x(log.seconds(step.at))), TreeMap::new,
                    Collectors.mapping(step -> height.applyAsDouble(step), Collectors.toList())));
            body.append("M%s %s".formatted(number(LEFT), number(top + 200)));
            columns.forEach((x, heights) -> body.append("H%d".formatted(x)).append(
                    Stream.of(Collections.min(heights), Collections.max(heights), heights.getLast())
                            .map(y -> "V" + number(top + y)).collect(Collectors.joining())));
        }

        /** The time axis below a panel of that height, with a tick every task time, or every few. */
        void axis(double height) {
            var step = logs.getFirst().taskTime.toNanos() / 1e9;
            while (end / step > 8) step *= 2;
            for (var tick = 0.0; tick <= end; tick += step) tick(x(tick), height, number(tick) + (tick == 0 ? " s" : ""));
            top += height + 30;
        }

        void tick(double x, double height, String text) {
            close();
            body.append("<path class='grid' d='M%s %sV%s'/>\n".formatted(number(x), number(top), number(top + height + 4)));
            text(Math.min(x, RIGHT - 4 * text.length()), top + height + 20, "middle", text);
        }

        void key(String text, String colour) {
            key(text, colour, "h14");
        }

        void key(String text, String colour, String sample) {
            if (keyAt > LEFT && keyAt + 20 + 8.5 * text.length() > RIGHT) {
                keyAt = LEFT;
                top += 24;
            }
            text(keyAt + 20, top + 16, "start", text);
            body.append("<path stroke='%s' stroke-width='12' d='M%s %s%s'/>\n".formatted(colour, number(keyAt), number(top + 11), sample));
            keyAt += 36 + 8.5 * text.length();
        }

        String svg(String description) {
            close();
            var titles = logs.stream().map(Log::title).collect(Collectors.joining("; "));
            return """
                    <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 640 %s' role='img' aria-labelledby='title desc'>
                    <title id='title'>%s</title>
                    <desc id='desc'>%s%s</desc>
                    <style>
                    text { font: 16px system-ui, sans-serif; fill: #1f2328 } path { fill: none } .grid { stroke: #818b9840 }
                    @media (prefers-color-scheme: dark) { text { fill: #f0f6fc } }
                    </style>
                    %s</svg>
                    """.formatted(number(top + 28), titles, description, logs.stream().map(Log::firstRounds).collect(Collectors.joining("; ")), body);
        }
    }

    // ---- Numbers and times

    /** Two digits after the point, three below 0.1, in every locale the same. */
    static String number(double value) {
        return BigDecimal.valueOf(value).setScale(Math.abs(value) < 0.1 ? 3 : 2, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
    }

    static String count(int many, String things) {
        return many + " " + things + (many == 1 ? "" : "s");
    }

    static String millis(double micros) {
        return number(micros / 1_000);
    }

    static String text(Duration time) {
        return number(time.toNanos() / 1e9) + " s";
    }

    /** Reads 3s, 250ms, 1m and ISO-8601, which writes PT3S. */
    static Duration duration(String text) {
        try {
            var time = text.endsWith("ms") ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                    : Duration.parse(text.startsWith("P") ? text : "PT" + text);
            if (time.toMillis() >= 1 && time.toDays() < 365) return time;
        } catch (DateTimeParseException | NumberFormatException e) { // said below
        }
        throw new TypeConversionException("'" + text + "' is no time from 1ms to a year; write 3s, 250ms, 1m or PT3S");
    }
}
