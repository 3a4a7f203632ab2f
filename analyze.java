///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Reads logs of background tasks; prints how many ran concurrently and draws when each of them ran
//JAVA 25+
//SOURCES analyze/Words.java
//SOURCES analyze/Log.java
//SOURCES analyze/Lines.java
//SOURCES analyze/Csv.java
//SOURCES analyze/TaskTime.java
//SOURCES analyze/Figures.java
//SOURCES analyze/Picture.java
//SOURCES analyze/Timeline.java
//SOURCES analyze/InFlight.java
//SOURCES analyze/Lateness.java
//SOURCES analyze/Svg.java
//SOURCES analyze/Plotly.java
//SOURCES analyze/Pictures.java
//DEPS info.picocli:picocli:4.7.7
//DEPS tech.tablesaw:tablesaw-jsplot:0.44.4
//DEPS org.webjars.npm:plotly.js-dist:2.35.3
//DEPS com.fasterxml.jackson.core:jackson-databind:2.23.0
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
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine;
import picocli.CommandLine.*;
import tech.tablesaw.api.*;

@Command(name = "analyze.java", mixinStandardHelpOptions = true, version = "1.0", sortOptions = false,
        description = "Reads logs of background tasks, prints their figures, and draws pictures of each: "
                + "NAME-timeline and NAME-in-flight, as a drawing (.svg) and as a page to zoom in (.html).")
class Analyze implements Callable<Integer> {

    @Parameters(paramLabel = "FILE|DIR", defaultValue = "results", arity = "0..*",
            description = "Logs, or folders of logs (*.log, *.csv, also packed as *.gz); without one: "
                    + "${DEFAULT-VALUE}.")
    List<Path> paths;
    @Option(names = "--task-time", paramLabel = "TIME",
            description = "How long a task waits: 3s, 250ms, 1m or ISO-8601 "
                    + "(default: as the manifest beside the log says, or as the log shows).")
    Duration taskTime;
    @Option(names = "--out", paramLabel = "DIR", description = "Where the pictures go (default: beside each log).")
    Path out;
    @Option(names = "--expect", paramLabel = "N", description = "The plateau that you expect, drawn as a dashed line.")
    int expect;
    @Option(names = "--together",
            description = "Draw the timelines of all logs one above the other on one time axis, as together-timeline, "
                    + "and nothing else.")
    boolean together;
    @Option(names = "--json", description = "Print the figures for programs, and draw nothing.")
    boolean json;
    @Spec
    CommandLine.Model.CommandSpec spec;

    /** A log, and the path of its pictures without an ending. */
    record Drawn(Log log, Path stem, Path plotlyFolder) {}

    private boolean failed;

    static CommandLine commandLine() {
        return new CommandLine(new Analyze()).registerConverter(Duration.class, Words::duration);
    }

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT); // the same digits everywhere
        System.exit(commandLine().execute(args));
    }

    /** Read, figures, table, pictures; a log that cannot be read is named, and the others are analysed. */
    @Override
    public Integer call() {
        try {
            if (out != null && Files.exists(out) && !Files.isDirectory(out))
                throw new IOException("--out " + out + " is a file, not a folder");
            var logs = read();
            if (logs.isEmpty()) return 1;
            var text = spec.commandLine().getOut();
            if (json) {
                text.println(Figures.json(logs.stream().map(drawn -> Figures.of(drawn.log)).toList()));
                return failed ? 1 : 0;
            }
            text.printf("%s%nTimes are in milliseconds.%n", table(logs));
            for (var drawn : logs) {
                text.printf("%s: rounds %s%n", drawn.log.name(), Timeline.firstRounds(drawn.log));
                drawn.log.remarks().forEach(remark -> text.printf("%s: %s%n", drawn.log.name(), remark));
            }
            draw(logs);
            return failed ? 1 : 0;
        } catch (IOException | UncheckedIOException e) { // the second from a folder that may not be read
            say(e);
            return 1;
        }
    }

    private void say(Exception problem) {
        spec.commandLine().getErr()
                .println("analyze: " + (problem instanceof FileSystemException ? problem : problem.getMessage()));
        failed = true;
    }

    private List<Drawn> read() throws IOException {
        var logs = new LinkedHashMap<Path, Drawn>();
        for (var path : paths) {
            for (var file : files(path)) {
                var name = file.equals(path) ? file.getFileName() : path.relativize(file);
                try {
                    var log = Log.read(file, taskTime);
                    var stem = (out == null ? file : out.resolve(name)).resolveSibling(log.name());
                    var plotly = out != null ? out : file.equals(path) ? file.toAbsolutePath().getParent() : path;
                    if (logs.put(stem, new Drawn(log, stem, plotly)) != null)
                        throw new IOException("two logs would be drawn as " + stem + "; give each its own --out");
                } catch (ZipException | EOFException | UncheckedIOException broken) {
                    say(new IOException(file + " cannot be unpacked: " + broken.getMessage()));
                } catch (IOException broken) {
                    say(broken);
                }
            }
        }
        return List.copyOf(logs.values());
    }

    static List<Path> files(Path path) throws IOException {
        if (Files.isRegularFile(path)) return List.of(path);
        if (!Files.isDirectory(path)) throw new IOException(path + " does not exist; name a log or a folder of logs");
        try (var files = Files.walk(path)) {
            var logs = files
                    .filter(file -> file.toString().matches("(?s).*\\.(log|csv)(\\.gz)?") && !Log.isPrediction(file))
                    .sorted().toList();
            if (logs.isEmpty()) throw new IOException(path + " holds no log (*.log or *.csv, or these as *.gz)");
            return logs;
        }
    }

    private static String table(List<Drawn> logs) {
        var rows = new LinkedHashMap<Drawn, SequencedMap<String, Double>>();
        for (var drawn : logs) rows.put(drawn, figures(Figures.of(drawn.log)));
        var table = Table.create("", StringColumn.create("log"), StringColumn.create("mode"));
        var columns = rows.values().stream().flatMap(figures -> figures.keySet().stream()).distinct().toList();
        columns.forEach(column -> table.addColumns(StringColumn.create(column)));
        rows.forEach((drawn, figures) -> {
            var row = table.appendRow();
            row.setString("log", drawn.log.name());
            row.setString("mode", drawn.log.mode());
            columns.forEach(column -> row.setString(column,
                    figures.containsKey(column) ? Words.number(figures.get(column)) : "-"));
        });
        return table.printAll();
    }

    private static SequencedMap<String, Double> figures(Figures of) {
        var figures = new LinkedHashMap<String, Double>();
        figures.put("requests", (double) of.requests());
        figures.put("tasks", (double) of.tasks());
        figures.put("threads", (double) of.threads());
        figures.put("highest", (double) of.highest());
        figures.put("plateau", (double) of.plateau());
        of.spreadMillis().forEach((index, spread) -> figures.put("spread of " + index, spread));
        if (of.latenessMillis() != null) {
            figures.put("late: median", of.latenessMillis().median());
            figures.put("late: p99", of.latenessMillis().p99());
            figures.put("late: max", of.latenessMillis().max());
        }
        return figures;
    }

    private void draw(List<Drawn> logs) throws IOException {
        if (together) {
            var folder = Objects.requireNonNullElse(out, Path.of(""));
            Pictures.write(Timeline.of(logs.stream().map(Drawn::log).toList()), folder.resolve("together-timeline"),
                    folder);
            return;
        }
        var terminal = System.console() != null && System.console().isTerminal();
        Iterable<Drawn> work = terminal ? ProgressBar.wrap(logs, ProgressBar.builder().setTaskName("Drawing")
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)) : logs;
        for (var drawn : work) Pictures.draw(drawn.log, drawn.stem, drawn.plotlyFolder, expect);
    }
}
