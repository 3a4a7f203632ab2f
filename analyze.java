///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Reads logs of background tasks; prints how many ran at once and draws when each of them ran
//JAVA 25+
//DEPS info.picocli:picocli:4.7.7
//DEPS tech.tablesaw:tablesaw-jsplot:0.44.4
//DEPS org.webjars.npm:plotly.js-dist:2.35.3
//DEPS org.slf4j:slf4j-nop:2.0.17
//DEPS me.tongfei:progressbar:0.10.1
//RUNTIME_OPTIONS --sun-misc-unsafe-memory-access=allow

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
    static final int MOST_ROWS = 240; // rows of a picture that an eye can tell apart

    @Parameters(paramLabel = "FILE|DIR", defaultValue = "results", arity = "0..*",
            description = "Logs, or folders of logs (*.log, *.csv); without one: ${DEFAULT-VALUE}.")
    List<Path> paths;
    @Option(names = "--task-time", defaultValue = "3s", paramLabel = "TIME",
            description = "How long a task waits: 3s, 250ms, 1m or ISO-8601 (default: ${DEFAULT-VALUE}).")
    Duration taskTime;
    @Option(names = "--out", paramLabel = "DIR", description = "Where the pictures go (default: beside each log).")
    Path out;

    @Option(names = "--together", description = "Draw the lanes of all logs one above the other on one time axis, as together.svg, and nothing else.")
    boolean together;

    static void main(String... args) {
        System.exit(new CommandLine(new analyze()).registerConverter(Duration.class, analyze::duration).execute(args));
    }

    /** Reads everything before it writes anything, so that a broken log leaves no half of a result behind. */
    @Override
    public Integer call() {
        try {
            var logs = new LinkedHashMap<Path, Log>(); // by the path of its pictures, without the ending
            var plotly = new HashMap<Path, Path>(); // the folder whose plotly.js these pictures use
            for (var path : paths) {
                for (var file : files(path)) {
                    var name = file.equals(path) ? file.getFileName() : path.relativize(file);
                    var pictures = out == null || together ? file : out.resolve(name);
                    pictures = pictures.resolveSibling(pictures.getFileName().toString().replaceFirst("\\.\\w+$", ""));
                    if (logs.put(pictures, read(file, name.toString(), taskTime)) != null) {
                        throw new IOException("two logs would be drawn as " + pictures + "; give each its own --out");
                    }
                    plotly.put(pictures, out != null ? out : file.equals(path) ? file.toAbsolutePath().getParent() : path);
                }
            }
            System.out.println(table(logs.values()));
            logs.values().forEach(log -> System.out.print(remarks(log)));
            if (together) {
                var folder = Objects.requireNonNullElse(out, Path.of("."));
                Files.createDirectories(folder);
                write(folder.resolve("together.svg"), lanesDrawing(List.copyOf(logs.values())).getBytes(StandardCharsets.UTF_8));
                return 0;
            }
            var work = logs.entrySet().stream();
            if (System.console() != null && System.console().isTerminal()) work = ProgressBar.wrap(work, "Drawing");
            for (var entry : (Iterable<Map.Entry<Path, Log>>) work::iterator) draw(entry.getValue(), entry.getKey(), plotly.get(entry.getKey()));
            return 0;
        } catch (IOException e) {
            System.err.println("analyze: " + e.getMessage());
            return 1;
        }
    }

    static List<Path> files(Path path) throws IOException {
        if (Files.isRegularFile(path)) return List.of(path);
        if (!Files.isDirectory(path)) throw new IOException(path + " does not exist; name a log or a folder of logs");
        try (var files = Files.walk(path)) {
            var logs = files.filter(file -> file.toString().matches(".*\\.(log|csv)")).sorted().toList();
            if (logs.isEmpty()) throw new IOException(path + " holds no log (*.log or *.csv)");
            return logs;
        }
    }

    // ---- Reading: two forms, one table

    /**
     * The tasks of one log, a row each, in the columns of {@link #HEADER}; moments are microseconds since 1970.
     *
     * @param inferred starts are computed and not measured; so are requests, and nothing is known of queues
     * @param skipped  lines that are no line of a server
     */
    record Log(String name, Duration taskTime, boolean inferred, int skipped, Table tasks, List<Step> steps) {

        long[] moments(String column) {
            return tasks.longColumn(column).asLongArray();
        }

        long micros() {
            return taskTime.toNanos() / 1_000;
        }

        double seconds(long moment) {
            return (moment - tasks.longColumn("received").min()) / 1e6;
        }

        /** What the log holds, in one line for a picture. */
        String title() {
            return "%s: %d requests, %d tasks, %d at once on %d thread%s".formatted(mode(), requests(), tasks.rowCount(), plateau(),
                    threads(), threads() == 1 ? "" : "s");
        }

        String mode() {
            return tasks.stringColumn("mode").unique().asSet().stream().sorted(Comparator.reverseOrder()).collect(Collectors.joining("+"));
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
        var lines = Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList(); // any bytes are some text
        var inferred = lines.isEmpty() || !lines.getFirst().equals(HEADER);
        var tasks = Table.create(IntColumn.create("request"), IntColumn.create("task"), StringColumn.create("mode"),
                LongColumn.create("thread"), LongColumn.create("received"), LongColumn.create("queued"),
                LongColumn.create("started"), LongColumn.create("ended"), StringColumn.create("outcome"));
        var requests = new HashMap<String, Integer>(); // of which an end of this index and mode was seen
        var skipped = 0;
        for (var i = inferred ? 0 : 1; i < lines.size(); i++) {
            var end = END.matcher(lines.get(i));
            if (!inferred) {
                try {
                    append(tasks, lines.get(i).split(",", -1));
                } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
                    throw new IOException("%s, line %d: not a row of %s: %s".formatted(file, i + 1, HEADER, lines.get(i)));
                }
            } else if (end.matches()) {
                var ended = end.group(1) + "T" + end.group(2) + "Z";
                var started = Instant.parse(ended).minus(taskTime).toString();
                // Tasks of one duration end in the order in which they began, so the n-th end is the n-th request's.
                var request = requests.merge(end.group(4) + end.group(5), 0, (n, _) -> n + 1);
                append(tasks, "" + request, end.group(4), end.group(5), end.group(3), started, started, started, ended, "ok");
            } else if (!OTHER.matcher(lines.get(i)).matches()) {
                skipped++;
            }
        }
        if (tasks.isEmpty()) throw new IOException(file + " holds no task's end, neither as a line nor as a CSV row");
        return new Log(name, taskTime, inferred, skipped, tasks, steps(tasks));
    }

    static void append(Table tasks, String... cells) {
        if (cells.length != 9 || !cells[2].matches("sync|async") || cells[8].isEmpty()) throw new IllegalArgumentException();
        tasks.intColumn("request").append(Integer.parseUnsignedInt(cells[0]));
        tasks.intColumn("task").append(Integer.parseUnsignedInt(cells[1]));
        tasks.stringColumn("mode").append(cells[2]);
        tasks.longColumn("thread").append(Long.parseUnsignedLong(cells[3]));
        for (var i = 4; i < 8; i++) {
            var moment = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(cells[i]));
            if (i > 4 && moment < (long) tasks.get(tasks.rowCount() - 1, i - 1)) throw new IllegalArgumentException();
            tasks.longColumn(i).append(moment);
        }
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
        var table = Table.create("", StringColumn.create("log"), StringColumn.create("mode"), IntColumn.create("requests"),
                IntColumn.create("tasks"), IntColumn.create("threads"), IntColumn.create("highest"), IntColumn.create("plateau"),
                StringColumn.create("spread of each index [ms]"), StringColumn.create("lateness median, p99, max [ms]"));
        for (var log : logs) {
            var row = table.appendRow();
            row.setString("log", log.name);
            row.setString("mode", log.mode());
            row.setInt("requests", log.requests());
            row.setInt("tasks", log.tasks.rowCount());
            row.setInt("threads", log.threads());
            row.setInt("highest", log.highest());
            row.setInt("plateau", log.plateau());
            row.setString(7, log.tasks.intColumn("task").unique().asSet().stream().sorted()
                    .map(index -> millis(log.spread(index))).collect(Collectors.joining(", ")));
            var late = log.lateness();
            row.setString(8, log.inferred ? "not in this log" : late.isEmpty() ? "no task succeeded"
                    : millis(late.median()) + ", " + millis(late.percentile(99)) + ", " + millis(late.max()));
        }
        return table.printAll();
    }

    /** What a reader must know of a log besides its figures. */
    static String remarks(Log log) {
        var remarks = new StringBuilder("%s: rounds %s%n".formatted(log.name, log.rounds()));
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

    /** The two pictures of a log, each as a page and as a drawing; the pages use a {@code plotly.js} in that folder. */
    static void draw(Log log, Path pictures, Path plotlyFolder) throws IOException {
        var folder = pictures.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        var plotly = plotlyFolder.toAbsolutePath().resolve("plotly.js");
        try (var script = analyze.class.getResourceAsStream("/META-INF/resources/webjars/plotly.js-dist/2.35.3/plotly.js")) {
            if (Files.notExists(plotly)) write(plotly, script.readAllBytes());
        }
        var location = folder.relativize(plotly).toString().replace('\\', '/');
        write(Path.of(pictures + "-in-flight.html"), inFlightPage(log, location).getBytes(StandardCharsets.UTF_8));
        write(Path.of(pictures + "-in-flight.svg"), inFlightDrawing(log).getBytes(StandardCharsets.UTF_8));
        write(Path.of(pictures + "-lanes.html"), lanesPage(log, location).getBytes(StandardCharsets.UTF_8));
        write(Path.of(pictures + "-lanes.svg"), lanesDrawing(List.of(log)).getBytes(StandardCharsets.UTF_8));
    }

    /** All or nothing: a reader sees the old file or the new one. */
    static void write(Path file, byte[] bytes) throws IOException {
        var half = file.resolveSibling(file.getFileName() + ".half");
        try {
            Files.write(half, bytes);
            Files.move(half, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(half);
        }
    }

    // ---- Pages, by Plotly

    static String inFlightPage(Log log, String plotly) {
        var at = log.steps.stream().mapToDouble(step -> log.seconds(step.at)).toArray();
        var plateau = log.plateau();
        return page(log, plotly, "tasks",
                line("in flight", colour(0), at, log.steps.stream().mapToDouble(Step::inFlight).toArray(), Line.Dash.SOLID),
                line("waiting in the queue", colour(WAIT), at, log.steps.stream().mapToDouble(Step::waiting).toArray(), Line.Dash.DOT),
                line("plateau: " + plateau, colour(1), new double[]{0, at[at.length - 1]}, new double[]{plateau, plateau}, Line.Dash.DASH));
    }

    static Trace line(String name, String colour, double[] x, double[] y, Line.Dash dash) {
        return ScatterTrace.builder(x, y).mode(ScatterTrace.Mode.LINE).name(name)
                .line(Line.builder().shape(Line.Shape.HV).color(colour).dash(dash).build()).build();
    }

    static String lanesPage(Log log, String plotly) {
        var lanes = lanes(log);
        return page(log, plotly, lanes.unit, byIndex(lanes.bars).entrySet().stream().map(kind -> {
            var bars = kind.getValue(); // each a stroke; NaN lifts the pen
            var x = bars.stream().flatMapToDouble(bar -> DoubleStream.of(bar.from, bar.to, Double.NaN)).toArray();
            var y = bars.stream().flatMapToDouble(bar -> DoubleStream.of(bar.row, bar.row, Double.NaN)).toArray();
            var width = Math.clamp(360.0 / lanes.rows, 1, 16) / (kind.getKey() == WAIT ? 4 : 1);
            return ScatterTrace.builder(x, y).mode(ScatterTrace.Mode.LINE).name(name(kind.getKey()))
                    .line(Line.builder().width(width).color(colour(kind.getKey())).build()).build();
        }).toArray(Trace[]::new));
    }

    static String page(Log log, String plotly, String unit, Trace... traces) {
        var layout = Layout.builder(log.title()).autosize(true).showLegend(true)
                .xAxis(Axis.builder().title("seconds since the first request").build())
                .yAxis(Axis.builder().title(unit).build()).build();
        var figure = new Figure(layout, Config.builder().responsive(true).displayLogo(false).build(), traces);
        return Page.pageBuilder(figure, "picture").plotlyJsLocation(plotly).build().asJavascript()
                .replace("<div id='picture' >", "<div id='picture' style='height: 95vh'>").replaceFirst("height: \\d+,\\s+width: \\d+,", ""); // as large as the window
    }

    static SortedMap<Integer, List<Bar>> byIndex(List<Bar> bars) {
        return bars.stream().collect(Collectors.groupingBy(Bar::index, TreeMap::new, Collectors.toList()));
    }

    static String name(int index) {
        return index == WAIT ? "waits in the queue" : "task " + index;
    }

    static String colour(int index) { // Okabe and Ito, 2008: distinct for all eyes, and from dark to light in grey
        return index == WAIT ? "#8c959f" : List.of("#0072b2", "#e69f00", "#56b4e9", "#009e73", "#cc79a7").get(index % 5);
    }

    // ---- Drawings, as SVG

    /** Lanes of one or more logs, one above the other on one time axis. */
    static String lanesDrawing(List<Log> logs) {
        var drawing = new Drawing(logs);
        for (var log : logs) {
            var lanes = lanes(log);
            var rows = Math.min(lanes.rows, MOST_ROWS); // more lie on top of each other
            var pitch = Math.clamp(rows * 16, 96, 320) / (double) rows;
            drawing.title(log.title());
            var labelled = -1.0;
            for (var lane : lanes.firstRows.entrySet()) {
                var y = (lane.getKey() * rows / lanes.rows + 0.5) * pitch;
                if (labelled < 0 || y - labelled > 18) drawing.label(labelled = y, lane.getValue());
            }
            byIndex(lanes.bars).forEach((index, bars) -> {
                drawing.stroke(colour(index), index == WAIT ? pitch / 5 : rows > 60 ? pitch : pitch * 0.8);
                var sorted = bars.stream().map(bar -> new Bar(bar.row * rows / lanes.rows, bar.from, bar.to, index))
                        .sorted(Comparator.comparing(Bar::row).thenComparing(Bar::from)).toList();
                for (var i = 0; i < sorted.size();) { // bars too close to tell apart make one
                    var bar = sorted.get(i++);
                    var to = bar.to;
                    while (i < sorted.size() && sorted.get(i).row == bar.row && sorted.get(i).from < to + drawing.seconds(1)
                            && (sorted.get(i).from < to || sorted.get(i).to - sorted.get(i).from < drawing.seconds(3))) {
                        to = Math.max(to, sorted.get(i++).to);
                    }
                    drawing.bar(bar.from, to, (bar.row + 0.5) * pitch);
                }
            });
            drawing.axis(rows * pitch);
        }
        var indices = logs.stream().flatMap(log -> log.tasks.intColumn("task").asList().stream()).collect(Collectors.toCollection(TreeSet::new));
        indices.forEach(index -> drawing.key(name(index), colour(index)));
        if (logs.stream().anyMatch(log -> log.steps.stream().anyMatch(step -> step.waiting > 0))) drawing.key(name(WAIT), colour(WAIT));
        return drawing.svg("Each bar is a task from start to end, each lane a request or a thread. ");
    }

    /** Tasks in flight and in the queue over time; the plateau is dashed. */
    static String inFlightDrawing(Log log) {
        var drawing = new Drawing(List.of(log));
        var most = log.steps.stream().mapToInt(step -> Math.max(step.inFlight, step.waiting)).max().orElseThrow();
        var scale = 200.0 / most;
        var plateau = log.plateau();
        drawing.title(log.title());
        drawing.label(200, "0");
        drawing.label(200 - plateau * scale, String.valueOf(plateau));
        drawing.stroke(colour(WAIT), 1.5);
        drawing.steps(log, step -> 200 - step.waiting * scale);
        drawing.stroke(colour(0), 2.5);
        drawing.steps(log, step -> 200 - step.inFlight * scale);
        drawing.stroke(colour(1), 2);
        drawing.dashed(200 - plateau * scale);
        drawing.axis(200);
        drawing.key("in flight", colour(0));
        drawing.key("waiting in the queue", colour(WAIT));
        drawing.key("plateau: " + plateau, colour(1));
        return drawing.svg("Tasks in flight over time; highest %d, plateau %d. ".formatted(log.highest(), plateau));
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
            this.end = logs.stream().mapToDouble(log -> log.seconds(log.steps.getLast().at)).max().orElseThrow();
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
            close();
            for (var tick = 0.0; tick <= end; tick += step) {
                body.append("<path class='grid' d='M%s %sV%s'/>\n".formatted(number(x(tick)), number(top), number(top + height + 4)));
                text(x(tick), top + height + 20, "middle", number(tick) + (tick == 0 ? " s" : ""));
            }
            top += height + 30;
        }

        void key(String text, String colour) {
            text(keyAt + 20, top + 16, "start", text);
            body.append("<path stroke='%s' stroke-width='12' d='M%s %sh14'/>\n".formatted(colour, number(keyAt), number(top + 11)));
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
                    """.formatted(number(top + 28), titles, description, logs.stream().map(Log::rounds).collect(Collectors.joining("; ")), body);
        }
    }

    // ---- Numbers and times

    /** At most two digits after the point, in every locale the same. */
    static String number(double value) {
        return BigDecimal.valueOf(value).setScale(2, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
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
            var time = text.endsWith("ms") ? Duration.ofMillis(Long.parseLong(text.replace("ms", "")))
                    : Duration.parse(text.startsWith("P") ? text : "PT" + text);
            if (time.isPositive() && time.toDays() < 365) return time;
        } catch (DateTimeParseException | NumberFormatException e) { // said below
        }
        throw new TypeConversionException("'" + text + "' is no time from 1ms to a year; write 3s, 250ms, 1m or PT3S");
    }
}
