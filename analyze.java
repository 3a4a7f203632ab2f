///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Reads logs of background tasks; prints how many ran concurrently and draws when each of them ran
//JAVA 25+
//SOURCES analyze/Words.java analyze/Moments.java analyze/Names.java analyze/Source.java analyze/Recording.java
//SOURCES analyze/Form.java analyze/Lines.java analyze/Ends.java analyze/Csv.java analyze/CsvRows.java analyze/Jfr.java
//SOURCES analyze/Log.java analyze/TaskTime.java analyze/Order.java analyze/Threads.java analyze/Remarks.java
//SOURCES analyze/Steps.java analyze/Rounds.java analyze/Figures.java analyze/Messages.java analyze/Bar.java
//SOURCES analyze/Picture.java analyze/Timeline.java analyze/InFlight.java analyze/Lateness.java
//SOURCES analyze/Svg.java analyze/Plotly.java analyze/Pictures.java analyze/Trace.java analyze/Follow.java
//DEPS info.picocli:picocli:4.7.7
// Jackson before Tablesaw, which asks for an older one: of two versions JBang takes the first.
//DEPS com.fasterxml.jackson.core:jackson-databind:2.23.0
//DEPS tech.tablesaw:tablesaw-jsplot:0.44.4
//DEPS de.siegmar:fastcsv:4.4.0
//DEPS org.webjars.npm:plotly.js-dist:2.35.3
//DEPS org.slf4j:slf4j-nop:2.0.17
//DEPS me.tongfei:progressbar:0.10.1
//COMPILE_OPTIONS -XDignore.symbol.file
//RUNTIME_OPTIONS -Xmx1800m -XX:+UseParallelGC --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED

/*
 * Question     A log says when each task ended. How many were in flight at once, and for how long?
 * Expectation  A pool of N threads holds a plateau of N; an event loop holds as many as there are requests.
 * Run it       jbang analyze.java results
 *
 * It reads three forms of log. The one for people has one line per task, written at its end:
 *     2021-01-26 02:46:24.017549 [45]0 sync end
 * so the start is inferred as the end minus the task time. The other two have measured starts: the one for programs
 * (CSV), and a recording of a JVM (JFR), which --pid makes.
 */

import module java.base;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "analyze.java", mixinStandardHelpOptions = true, version = "1.0", sortOptions = false,
        description = "Reads logs of background tasks, prints their figures, and draws pictures of each, to look at "
                + "(.svg) and to zoom in (.html): NAME-timeline, NAME-in-flight, of some large logs NAME-lateness.")
class Analyze implements Callable<Integer> {

    @Parameters(paramLabel = "FILE|DIR", defaultValue = "results", arity = "0..*",
            description = "Logs (lines, CSV or JFR; rotated parts, also .gz, are joined into one log, oldest first), "
                    + "folders of logs, or - for standard input; without one: ${DEFAULT-VALUE}.")
    List<Path> paths;
    @Option(names = "--task-time", paramLabel = "TIME", description = "How long a task waits: 3s, 250ms, 1m or "
            + "ISO-8601 (default: as the manifest beside the log says, or as the log shows).")
    Duration taskTime;
    @Option(names = "--out", paramLabel = "DIR", description = "Where the pictures go (default: beside each log; for "
            + "--together, --pid and pipes, the current folder).")
    Path out;
    @Option(names = "--expect", paramLabel = "N", description = "The plateau that you expect, drawn as a dashed line; "
            + "exit code 1 if a log has another, or cannot be read.")
    int expect;
    @Option(names = "--together", description = "Draw only the timelines of all logs, one above the other on one "
            + "time axis, as together-timeline.")
    boolean together;
    @Option(names = "--json", description = "Print the figures for programs, and draw nothing.")
    boolean json;
    @Option(names = "--trace", paramLabel = "FILE",
            description = "Write the tasks as Chrome's trace events, for Perfetto, and draw nothing.")
    Path trace;
    @Option(names = "--follow", description = "Show the log while it is written, in this terminal. When it ends, or "
            + "after Ctrl-C, its figures and pictures follow.")
    boolean follow;
    @Option(names = "--pid", paramLabel = "PID", description = "Record a running JVM (JDK 25 or later) instead of "
            + "reading a log; needs --method. The recording, pid-PID.jfr, goes where its pictures go.")
    int pid;
    @Option(names = "--method", paramLabel = "METHOD", description = "The method that runs one task, "
            + "com.example.Mailer::send, or an annotation on it, @com.example.Task; a nested class is 'Outer$$Inner'.")
    String method;
    @Option(names = "--for", paramLabel = "TIME", defaultValue = "30s", description = "How long --pid records "
            + "(default: ${DEFAULT-VALUE}).")
    Duration time;
    @Spec
    CommandLine.Model.CommandSpec spec;

    /** The forms of log that are read; a form is one file in analyze/. The last takes whatever no other takes. */
    static final List<Form> FORMS = forms(null);

    static List<Form> forms(String method) { return List.of(new Jfr(method), new Csv(), new Lines()); }

    /** A log, and the path of its pictures without an ending. */
    private record Drawn(Log log, Path stem, Path plotlyFolder) {}

    private boolean failed;

    static CommandLine commandLine() {
        return new CommandLine(new Analyze()).registerConverter(Duration.class, Words::duration)
                .registerConverter(int.class, Words::positive)
                .registerConverter(String.class, Recording::method)
                .setParameterExceptionHandler(Messages::wrongUsage);
    }

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT); // the same digits everywhere
        System.exit(commandLine().execute(args));
    }

    /** Read, figures, table, pictures; a log that cannot be read is named, and the others are analysed. */
    public Integer call() throws InterruptedException {
        var typed = spec.commandLine().getParseResult();
        if (pid != 0 && method == null) throw wrong("--pid needs --method, such as com.example.Mailer::send");
        if (pid == 0 && typed.hasMatchedOption("--for")) throw wrong("--for needs --pid");
        if (trace != null && Names.isLog(trace)) throw wrong("--trace %s is named like a log; name another, for "
                + "example %s.trace.json", trace, Names.name(trace));
        var named = typed.matchedPositionals().isEmpty() ? List.<Path>of() : paths;
        if (pid != 0 && (follow || !named.isEmpty())) throw wrong("--pid takes neither a log nor --follow");
        if (follow && (named.size() != 1 || Files.isDirectory(named.getFirst())))
            throw wrong("--follow needs one log, or - for standard input");
        try {
            if (out != null && Files.exists(out) && !Files.isDirectory(out))
                throw new IOException("--out " + out + " is a file, not a folder");
            var drawn = read();
            if (drawn.isEmpty()) return 1;
            var logs = drawn.stream().map(Drawn::log).toList();
            spec.commandLine().getOut().println(json ? Figures.json(logs) : Figures.text(logs));
            if (trace != null) Trace.write(logs, trace);
            else if (!json) draw(drawn, logs);
            for (var log : logs) if (expect > 0 && log.plateau() != expect)
                say(new IOException("%s has a plateau of %d, not %d".formatted(log.file(), log.plateau(), expect)));
            return failed ? 1 : 0;
        } catch (IOException | UncheckedIOException | OutOfMemoryError e) {
            say(e);
        }
        return 1;
    }

    private ParameterException wrong(String usage, Object... arguments) {
        return new ParameterException(spec.commandLine(), usage.formatted(arguments));
    }

    private void say(Throwable problem) {
        spec.commandLine().getErr().println("analyze: " + Messages.problem(problem));
        failed = true;
    }

    // ---- Read

    private List<Drawn> read() throws IOException, InterruptedException {
        var logs = new ArrayList<Drawn>();
        if (pid != 0) read(Recording.take(pid, method, time, here()), here(), logs);
        else if (follow) read(Follow.run(paths.getFirst(), taskTime, spec.commandLine().getErr()), null, logs);
        else {
            var files = new LinkedHashMap<Path, Path>(); // in the order given, each with its folder if that is named
            for (var path : paths) try {
                if (!Source.exists(path)) throw Source.missing(path);
                if (!Files.isDirectory(path)) files.putIfAbsent(path, null);
                else for (var file : Source.folder(path, this::passOver)) files.putIfAbsent(file, path);
            } catch (IOException broken) {
                say(broken);
            }
            for (var source : Source.of(files.keySet())) read(source, files.get(source.file()), logs);
        }
        return logs;
    }

    private void passOver(Path file) {
        var why = Files.isRegularFile(file) ? "is not named like a log; name it to read it" : "cannot be read";
        spec.commandLine().getErr().println("analyze: passed over %s, which %s".formatted(file, why));
    }

    private Path here() { return Objects.requireNonNullElse(out, Path.of("")).toAbsolutePath(); }

    /** Reads a log, of a folder that the user named or (null) by itself. */
    private void read(Source source, Path named, List<Drawn> logs) {
        var files = Stream.concat(source.parts().stream(), Stream.of(source.file(), Log.manifest(source.file())));
        if (trace != null && files.map(Names::full).anyMatch(Names.full(trace)::equals))
            throw wrong("--trace %s would replace a file that is read for %s; name another, for example %s.trace.json",
                    trace, source.file(), Names.name(source.file()));
        try {
            var log = Log.read(source, forms(method), taskTime);
            var folder = Objects.requireNonNullElse(named, source.file().toAbsolutePath().getParent());
            var name = folder.toAbsolutePath().relativize(source.file().toAbsolutePath());
            var stem = (out == null ? source.file() : out.resolve(name)).resolveSibling(log.name());
            logs.add(new Drawn(log, stem, out != null ? out : folder));
        } catch (IOException broken) {
            say(broken);
        }
    }

    // ---- Shown

    private void draw(List<Drawn> drawn, List<Log> logs) throws IOException {
        var stems = new LinkedHashSet<Path>(); // of what is drawn
        if (together) Pictures.write(Timeline.of(logs), here().resolve("together-timeline"), here());
        else for (var each : Bar.over(drawn, "Drawing")) try {
            if (stems.contains(Names.full(each.stem)))
                throw new IOException("two logs would be drawn as %s; %s is not: give it its own --out"
                        .formatted(each.stem, each.log.file()));
            Pictures.draw(each.log, each.stem, each.plotlyFolder, expect);
            stems.add(Names.full(each.stem));
        } catch (IOException broken) { // this picture's file, or the prediction's
            say(broken);
        }
        var folders = together ? List.of(here()) : stems.stream().map(Path::getParent).distinct().toList();
        if (!folders.isEmpty()) spec.commandLine().getOut().println("Pictures: %s%s".formatted(folders.getFirst(),
                folders.size() > 1 ? ", and " + Words.count(folders.size() - 1, "more folder") : ""));
    }
}
