import module java.base;
import module java.management;
import org.opentest4j.TestAbortedException;

/** Takes a run: starts its server, sends its requests, stops the server; writes its files. */
record Measurement(Run run, Laboratory.Settings lab, Path folder) {

    private static final long PACKED_FROM = 60_000; // bytes of an events file, because results get committed
    private static final Duration A_WHILE = Duration.ofMinutes(1); // for rows of requests that nobody saw answered
    private static final Duration TO_END = Duration.ofMinutes(5); // after SIGTERM, and 20 task times
    private static final Pattern LINE = // that a server prints
            Pattern.compile("[\\d-]+ [\\d:.]+ \\[\\d+]\\d+ a?sync end|main thread: (\\d+)|(INFO|WARNING|ERROR): .*");

    /** A run that takes its time is not measured when the lab is in a hurry; nothing is missing then. */
    static final class TooHurried extends TestAbortedException {
        TooHurried(String option) { super("only measured with " + option); }
    }

    /** What was noted, and what is known of the server when it has ended. */
    private record Served(Peer.About about, Manifest.Stop stop, long mainThread) {}

    void take() throws Exception {
        if (run.unhurried && lab.taskTime().toMillis() < 1_000) throw new TooHurried("--task-time 1s or more");
        if (run.atScale && !lab.scale()) throw new TooHurried("--scale");
        var taskTime = run.fixed != null ? run.fixed : Collections.max(List.of(lab.taskTime(), run.least));
        var own = run.rows != null;
        var command = own ? List.<String>of() : command(taskTime); // may fetch a peer, so before it is quiet
        var busy = lab.quiet() ? awaitQuiet() : 0;
        var machine = Manifest.Machine.now();
        var figures = Collections.synchronizedMap(new LinkedHashMap<String, Double>());
        var served = new Served(null, null, 0);
        if (own) Files.writeString(file(".csv"), Model.csv(run.rows.of(lab, figures), Instant.parse(machine.time())));
        else served = serve(command, taskTime, figures);
        var toRead = own ? ""
                : "%s --task-time %s --events %s.csv%s".formatted(run.target.commandToRead(),
                        Course.text(taskTime), run.name, run.target.quiet() ? " > /dev/null" : "");
        var manifest = new Manifest(toRead, run.load.description(), run.isNominal ? null : taskTime.toString(),
                own ? machine.cpus() : run.target.cpus(), served.mainThread, served.about, served.stop,
                new LinkedHashMap<>(figures), busy, machine);
        Files.writeString(file(".json"), Verdict.JSON.writeValueAsString(manifest) + "\n");
        var seen = Log.read(file(".csv"), null);
        if (run.model != null) Files.writeString(file(".predicted.csv"),
                Model.csv(run.model.schedule(seen), Instant.EPOCH.plus(seen.begun(), ChronoUnit.MICROS)));
        for (var ending : List.of(".csv", ".predicted.csv")) packIfLarge(file(ending));
    }

    private Path file(String ending) {
        return folder.resolve(run.name + ending);
    }

    private List<String> command(Duration taskTime) throws Exception {
        var same = Stream.of("--port", "0", "--task-time", taskTime.toMillis() + "ms", "--events",
                file(".csv").toString());
        return Stream.concat(run.target.command(lab.java()).stream(), same).toList();
    }

    private Served serve(List<String> command, Duration taskTime, Map<String, Double> figures) throws Exception {
        var quiet = run.target.quiet();
        var printed = file(".txt");
        var tasks = run.load.requests() == 0 ? -1 : (long) run.target.tasks() * run.load.requests();
        var rows = new Rows(file(".csv"));
        Manifest.Stop stop = null;
        Peer.About about;
        try (var server = ServerProcess.start(command, quiet ? ProcessBuilder.Redirect.DISCARD
                : ProcessBuilder.Redirect.to(printed.toFile()), ServerProcess.PATIENCE);
                var _ = Progress.of(run.title, tasks, rows::count)) {
            about = server.about();
            Load.warmUp(server.url());
            try (var _ = server.watch(figures)) {
                if (run.stoppedAmid) {
                    stop = stopAmid(server, taskTime, figures);
                } else {
                    run.load.sender().send(server.url(), figures);
                    var end = System.nanoTime() + A_WHILE.toNanos();
                    while (rows.count() < run.load.rows() && System.nanoTime() < end) Thread.sleep(20);
                    server.stop(TO_END.plus(taskTime.multipliedBy(20)));
                }
            }
        }
        return new Served(about, stop, quiet ? 0 : mainThread(printed));
    }

    /** Waits until others use less than a fifth of the CPUs, ten seconds at most; returns the share they used last. */
    private double awaitQuiet() throws InterruptedException {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        system.getCpuLoad(); // each call tells of the time since the one before
        var busy = 1.0;
        for (var look = 0; look < 40 && busy > 0.2; look++) {
            if (look == 8)
                System.err.printf("%s: waiting for the machine to become quiet, ten seconds at most%n", run.title);
            Thread.sleep(250);
            busy = system.getCpuLoad();
        }
        return Math.round(busy * 100) / 100.0;
    }

    /** SIGTERM two and a half task times after the last answer; who still runs some task times later is killed. */
    private Manifest.Stop stopAmid(ServerProcess server, Duration taskTime, Map<String, Double> figures)
            throws Exception {
        var answers = Executors.newVirtualThreadPerTaskExecutor().submit(() -> {
            run.load.sender().send(server.url(), figures);
            return null;
        });
        try {
            answers.get(taskTime.multipliedBy(3).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException busy) { // a server whose endpoint waits for its tasks answers a few requests only
        } catch (ExecutionException failed) {
            throw new IOException(failed.getCause().getMessage());
        }
        Thread.sleep(taskTime.multipliedBy(5).dividedBy(2)); // amid the third round
        var moment = Instant.now().truncatedTo(ChronoUnit.MICROS).toString();
        var answered = figures.getOrDefault(Load.ANSWERS, 0.0).intValue();
        return new Manifest.Stop(moment, server.stopWithin(taskTime.multipliedBy(12)), answered);
    }

    /** The one that all endpoints printed as theirs; 0 if there is none, or more than one. */
    private long mainThread(Path printed) throws IOException {
        var threads = new HashSet<String>();
        for (var line : Files.readAllLines(printed)) {
            var match = LINE.matcher(line);
            if (!match.matches()) throw new IOException(
                    "%s printed neither the end of a task nor a server's message: %s".formatted(run.title, line));
            if (match.group(1) != null) threads.add(match.group(1));
        }
        return threads.size() == 1 ? Long.parseLong(threads.iterator().next()) : 0;
    }

    private static void packIfLarge(Path file) throws IOException {
        if (Files.notExists(file) || Files.size(file) < PACKED_FROM) return;
        try (var out = new GZIPOutputStream(Files.newOutputStream(Path.of(file + ".gz")))) {
            Files.copy(file, out);
        }
        Files.delete(file);
    }
}
