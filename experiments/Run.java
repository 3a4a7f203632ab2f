//SOURCES ../server.java
//SOURCES ../client.java
//SOURCES ../analyze.java
//SOURCES Peer.java
//SOURCES Atlas.java
//SOURCES LogLog.java
//SOURCES Speed.java
//SOURCES Model.java
//SOURCES Difference.java
//DEPS com.fasterxml.jackson.core:jackson-databind:2.22.3

import module java.base;
import module java.management;
import module java.net.http;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.opentest4j.TestAbortedException;

/**
 * One run: the real server, or a peer, as a process of its own, the real client's requests, and the log that the server leaves.
 * It happens when a claim first asks it something, and only once in a repetition of the lab.
 *
 * <p>In {@code results/latest/EXPERIMENT/} it leaves NAME.csv (the events; packed as NAME.csv.gz above a megabyte), NAME.txt (what the server printed) and
 * NAME.json (the manifest: what a reader needs to judge or repeat the run). From the first and the last of them it can be
 * judged again, years later and elsewhere.
 */
final class Run {

    static Duration taskTime = Duration.ofSeconds(3); // the article's; tests take less
    static int watchedTaskTimes = 12; // how long a server that was stopped while busy may go on; Spring Boot ends after 30 s
    static Path results = Path.of("results", "latest"); // of this repetition; each has a folder of its own
    static String classPath = System.getProperty("java.class.path"); // of the server; a test puts a broken one first
    static boolean again; // judge what the results hold instead of letting it happen
    static boolean progress = System.console() != null && System.console().isTerminal();

    private static final int WARM_UP = 50; // requests that leave no task, so that both programs have loaded their code
    private static final long PACKED_FROM = 1_000_000; // bytes of an events file: some seven thousand tasks
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build(); // of an older manifest

    final String experiment;
    final String name;
    final Peer peer; // null for our own server
    private final List<String> options;
    private int cpus = Runtime.getRuntime().availableProcessors();
    private Model.Discipline predicted;
    private boolean prints = true;
    private server.Mode mode = server.Mode.sync;
    int requests;
    private int concurrency = 1;
    private boolean stoppedWhileBusy;
    private String how = "";
    private Callable<List<Model.Row>> own; // null if there is a server
    private Sender sender = (url, _) -> client.send(url, mode.ordinal(), requests, concurrency, _ -> {}); // as_async: 0 for sync, 1 for async
    private Duration leastTaskTime = Duration.ZERO;
    private Duration mostTaskTime = Duration.ofDays(365);

    private Path asked; // the results for which the next two are
    private Manifest manifest;
    private analyze.Log log;
    private RuntimeException failure;

    private Run(String name, Peer peer, String... options) {
        this.experiment = callingExperiment();
        this.name = name;
        this.peer = peer;
        this.options = List.of(options);
    }

    /** A run of the calling experiment, with these options of the server; the name is for its files. */
    static Run server(String name, String... options) {
        return new Run(name, null, options);
    }

    /** A run of the calling experiment against another project's server; its files bear the peer's name. */
    static Run peer(Peer peer) {
        return new Run(peer.name(), peer).taskTimeAtLeast(Duration.ofSeconds(2)); // its answers may be slower than ours
    }

    /** A run without a server: the calling experiment does something in the lab's own process and tells the rows of its log. */
    static Run own(String name, String how, Callable<List<Model.Row>> rows) {
        var run = new Run(name, null);
        run.how = how;
        run.own = rows;
        return run;
    }

    /** The nearest caller that is not this class; of a record inside an experiment, the experiment. */
    private static String callingExperiment() {
        return StackWalker.getInstance().walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                .filter(name -> !name.equals("Run")).findFirst().orElseThrow()).replaceFirst("\\$.*", "");
    }

    /** Has the server see so many CPUs, whatever the machine has; only a JVM can be told. */
    Run cpus(int cpus) {
        if (peer == null || peer.onTheJvm()) this.cpus = cpus;
        return this;
    }

    /** States what is expected, before anything is measured: the schedule that a perfect machine would follow. */
    Run predicting(Model.Discipline discipline) {
        this.predicted = discipline;
        return this;
    }

    /** Has the requests be sent otherwise than by client.java, and figures noted meanwhile, which the notebook shows. */
    Run sending(String how, Sender sender) {
        this.how = how;
        this.sender = sender;
        return this;
    }

    /** Sends requests to a server; it may note figures by a name with their unit. */
    interface Sender {
        void send(URI url, Map<String, Double> notes) throws Exception;
    }

    /**
     * Sends GETs at moments fixed beforehand, however long the answers take, and tells what each waited: milliseconds, ascending, each counted
     * from its moment. Counted from when it was sent, a stall would count once and hide all the requests that it held up ("coordinated omission").
     */
    static List<Double> waits(URI url, int gets, Duration apart) {
        var request = HttpRequest.newBuilder(url).build();
        var waits = new ArrayList<CompletableFuture<Double>>();
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            var begun = System.nanoTime();
            for (var i = 0; i < gets; i++) {
                var due = begun + i * apart.toNanos();
                for (var now = System.nanoTime(); now < due; now = System.nanoTime()) LockSupport.parkNanos(due - now);
                waits.add(http.sendAsync(request, HttpResponse.BodyHandlers.discarding()).thenApply(_ -> (System.nanoTime() - due) / 1e6));
            }
            return waits.stream().map(CompletableFuture::join).sorted().toList();
        }
    }

    /** Has the server print to nowhere instead of a file. */
    Run printsNothing() {
        this.prints = false;
        return this;
    }

    /** Sends so many requests, one after the other. */
    Run requests(server.Mode mode, int requests) {
        this.mode = mode;
        this.requests = requests;
        return this;
    }

    /** Has so many requests be under way at a time. */
    Run concurrency(int concurrency) {
        this.concurrency = concurrency;
        return this;
    }

    /** Sends all requests at once, stops the server two and a half task times later, when tasks still wait, and watches it for a while. */
    Run stoppedWhileBusy() {
        this.stoppedWhileBusy = true;
        return this;
    }

    /** Has tasks wait just so long, whatever the lab is told. */
    Run taskTime(Duration time) {
        return taskTimeAtLeast(time).taskTimeAtMost(time);
    }

    /** Has tasks wait no longer than that, for runs of which an experiment needs many. */
    Run taskTimeAtMost(Duration most) {
        this.mostTaskTime = most;
        return this;
    }

    /** Has tasks wait so long even if the lab is in a hurry, so that all requests are answered before the first task ends. */
    Run taskTimeAtLeast(Duration least) {
        this.leastTaskTime = least;
        return this;
    }

    /**
     * What the server logged. The first call lets the run happen, which takes as long as its tasks do.
     *
     * @throws TestAbortedException if the peer is not installed, or the run is to be judged again and the results do not hold it
     */
    synchronized analyze.Log log() {
        if (!results.equals(asked)) {
            asked = results;
            failure = null;
            try {
                if (!again) happen();
                else if (Files.notExists(file(".json"))) throw new TestAbortedException("these results do not hold the run " + name);
                manifest = Manifest.read(file(".json"));
                log = analyze.read(events(file("")), experiment, Duration.parse(manifest.taskTime));
            } catch (RuntimeException e) {
                failure = e;
            } catch (Exception e) {
                var who = peer == null ? "" : " (the peer %s)".formatted(peer.file());
                failure = new IllegalStateException("The run %s of %s%s failed: %s".formatted(name, experiment, who, e.getMessage()), e);
            }
        }
        if (failure != null) throw failure;
        return log;
    }

    /** The CPUs that the server saw. */
    int cpus() {
        log();
        return manifest.cpusSeen;
    }

    /** What the peer said it is, with its version; empty for our own server. */
    String software() {
        log();
        return manifest.software;
    }

    /** What the stated discipline makes of the requests as they arrived. */
    analyze.Log model() {
        if (predicted == null)
            throw new IllegalStateException("the run %s of %s predicts nothing; say what with predicting(…)".formatted(name, experiment));
        return Difference.model(log(), predicted);
    }

    /** A figure that was noted while it ran; NaN if it was not. */
    double note(String name) {
        log();
        return manifest.notes.getOrDefault(name, Double.NaN);
    }

    /** What became of the tasks when the server was stopped while they waited; null if it was not. */
    Stop stop() {
        log();
        return manifest.stop;
    }

    /** The thread that every endpoint of this run reported as its own; 0 if there was more than one. */
    long mainThread() {
        log();
        return manifest.mainThread;
    }

    /** The tasks of the log, in the order of their ends. */
    List<Task> tasks() {
        var tasks = new ArrayList<Task>();
        for (var row : log().tasks()) {
            tasks.add(new Task(row.getInt("request"), row.getInt("task"), row.getLong("thread"), row.getLong("received"),
                    row.getLong("queued"), row.getLong("started"), row.getLong("ended")));
        }
        return tasks;
    }

    /** A row of the log; moments are microseconds since 1970. */
    record Task(int request, int index, long thread, long received, long queued, long started, long ended) {}

    @Override
    public String toString() {
        return peer == null ? "server.java" : peer.says("Peer");
    }

    private Path file(String ending) {
        return results.resolve(experiment).resolve(name + ending);
    }

    /** The events of a run whose files are called so, packed or not. */
    static Path events(Path withoutEnding) {
        var packed = Path.of(withoutEnding + ".csv.gz");
        return Files.exists(packed) ? packed : Path.of(withoutEnding + ".csv");
    }

    /** Packs a file, because results get committed; a row of events takes a twentieth then. */
    static void pack(Path file) throws IOException {
        try (var out = new GZIPOutputStream(Files.newOutputStream(Path.of(file + ".gz")))) {
            Files.copy(file, out);
        }
        Files.delete(file);
    }

    // ---- How it happens

    private void happen() throws Exception {
        Files.createDirectories(results.resolve(experiment));
        for (var ending : List.of(".json", ".csv", ".csv.gz", ".txt")) Files.deleteIfExists(file(ending)); // without .json a run was broken off
        var taskTime = Collections.max(List.of(Collections.min(List.of(Run.taskTime, mostTaskTime)), leastTaskTime));
        var options = Stream.concat(Stream.of("--port", "0", "--task-time", taskTime.toMillis() + "ms"), this.options.stream()).toList();
        var machine = Machine.now();
        var notes = Collections.synchronizedMap(new TreeMap<String, Double>());
        var served = new Served("", null);
        if (own == null) served = serve(options, taskTime, notes);
        else Files.writeString(file(".csv"), Model.csv(own.call(), Instant.parse(machine.time)));
        var mainThread = Files.exists(file(".txt")) ? mainThread(file(".txt")) : 0;
        if (Files.size(file(".csv")) > PACKED_FROM) pack(file(".csv"));
        var server =
                own != null ? "" : "%s %s --events %s.csv%s".formatted(commandToRead(), String.join(" ", options), name, prints ? "" : " >/dev/null");
        var manifest = new Manifest(server, clientCommand(), own != null || stoppedWhileBusy ? "" : WARM_UP + " requests that leave no task",
                taskTime.toString(), cpus, predicted == null ? "" : predicted.toString(), mainThread, machine.stepOfTheClock(),
                question(experiment, "Question"), question(experiment, "Expectation"), served.software, served.stop, notes, machine);
        Files.writeString(file(".json"), JSON.writeValueAsString(manifest) + "\n");
    }

    /** What is known of a server when it has ended. */
    private record Served(String software, Stop stop) {}

    private Served serve(List<String> options, Duration taskTime, Map<String, Double> notes) throws Exception {
        var command = Stream.of(command(), options, List.of("--events", file(".csv").toString())).flatMap(List::stream).toList();
        var output = prints ? ProcessBuilder.Redirect.to(file(".txt").toFile()) : ProcessBuilder.Redirect.DISCARD;
        var process = new ProcessBuilder(command).redirectOutput(output).start();
        var kill = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(kill); // no server outlives the lab
        Stop stop = null;
        try (var said = process.errorReader(); var _ = showProgress()) {
            var start = awaitStart(said);
            var rest = CompletableFuture.supplyAsync(() -> readAll(said), Thread::startVirtualThread);
            if (stoppedWhileBusy) {
                stop = stopWhileBusy(process, start.url, taskTime);
            } else {
                warmUp(start.url);
                try (var _ = watch(process, notes)) {
                    sender.send(start.url, notes);
                    process.toHandle().destroy(); // SIGTERM: it waits for its tasks; process.destroy() would also close its streams
                    process.waitFor();
                }
                if (process.exitValue() != 0) throw new IOException("it ended with exit code " + process.exitValue() + ": " + rest.join());
            }
            if (peer != null && prints) checkOutput(file(".txt"));
            return new Served(peer == null ? "" : start.software, stop);
        } finally {
            process.destroyForcibly();
            Runtime.getRuntime().removeShutdownHook(kill);
        }
    }

    /** Looks every 50 ms at the threads that the process has of the operating system and at the memory that it holds, where /proc tells. */
    private static Bar watch(Process process, Map<String, Double> notes) {
        var status = Path.of("/proc", "" + process.pid(), "status");
        var watcher = Thread.startVirtualThread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                firstMatch(status, "Threads:\\s+(\\d+)").ifPresent(n -> notes.merge("threads of the system", Double.valueOf(n), Math::max));
                firstMatch(status, "VmRSS:\\s+(\\d+)").ifPresent(kB -> notes.merge("memory [MB]", Double.parseDouble(kB) / 1e3, Math::max));
                LockSupport.parkNanos(50_000_000);
            }
        });
        return watcher::interrupt;
    }

    private List<String> command() throws InterruptedException {
        if (peer == null) {
            return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath,
                    "-XX:ActiveProcessorCount=" + cpus, "server");
        }
        try {
            return peer.command(cpus);
        } catch (IOException missing) {
            throw new TestAbortedException(missing.getMessage());
        }
    }

    private String clientCommand() {
        if (!how.isEmpty()) return how;
        var underWay = stoppedWhileBusy ? requests : concurrency;
        return "jbang client.java %d %d%s".formatted(mode.ordinal(), requests, underWay > 1 ? " --concurrency " + underWay : "");
    }

    private String commandToRead() {
        if (peer == null) return "jbang -R=-XX:ActiveProcessorCount=%d server.java".formatted(cpus);
        return peer.says("Run it").replace("jbang ", "jbang -R=-XX:ActiveProcessorCount=%d ".formatted(cpus));
    }

    record Start(String software, URI url) {}

    /** Reads what a server says of itself until it says where it listens. */
    static Start awaitStart(BufferedReader said) throws IOException {
        var lines = new ArrayList<String>();
        var listening = Pattern.compile("INFO: .*(http://\\S+)");
        for (var line = said.readLine(); line != null; line = said.readLine()) {
            lines.add(line);
            var url = listening.matcher(line);
            if (!url.find()) continue;
            var first = lines.stream().filter(each -> each.startsWith("INFO:")).findFirst().orElseThrow();
            return new Start(first.replaceFirst("INFO: +", "").replaceFirst(" listens on .*", ""), URI.create(url.group(1)));
        }
        throw new IOException("the server did not start: " + String.join("\n", lines));
    }

    private static String readAll(BufferedReader said) {
        try {
            return said.readAllAsString();
        } catch (IOException | UncheckedIOException closed) {
            return "";
        }
    }

    /** All requests at once; SIGTERM two and a half task times after the last answer; whoever still runs some task times later is killed. */
    private Stop stopWhileBusy(Process process, URI url, Duration taskTime) throws IOException, InterruptedException {
        var answered = new AtomicInteger();
        var answers = Executors.newVirtualThreadPerTaskExecutor().submit(() -> {
            client.send(url, mode.ordinal(), requests, requests, _ -> answered.incrementAndGet());
            return null;
        });
        try {
            answers.get(taskTime.multipliedBy(3).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException busy) { // a server whose endpoint waits for its tasks answers a few requests only
        } catch (ExecutionException failed) {
            throw new IOException(failed.getCause().getMessage());
        }
        Thread.sleep(taskTime.multipliedBy(5).dividedBy(2)); // amid the third round, so that some tasks run and some wait
        var moment = Instant.now();
        var count = answered.get();
        var sent = System.nanoTime();
        process.toHandle().destroy();
        var ended = process.waitFor(taskTime.multipliedBy(watchedTaskTimes));
        process.toHandle().destroyForcibly();
        return new Stop(moment.truncatedTo(ChronoUnit.MICROS).toString(), ended ? Math.round((System.nanoTime() - sent) / 1e6) : null, count);
    }

    /** A peer's output is for people in the article's form: a line that is neither a task's end nor a server's message breaks it. */
    private static void checkOutput(Path output) throws IOException {
        var lines = Files.readAllLines(output);
        for (var i = 0; i < lines.size(); i++) {
            if (!analyze.END.matcher(lines.get(i)).matches() && !analyze.OTHER.matcher(lines.get(i)).matches()) {
                throw new IOException("it broke the contract: line %d of what it printed is neither the end of a task nor a server's message: %s"
                        .formatted(i + 1, lines.get(i)));
            }
        }
    }

    private static long mainThread(Path output) throws IOException {
        try (var lines = Files.lines(output)) {
            var threads = lines.filter(line -> line.startsWith("main thread: ")).distinct().toList();
            return threads.size() != 1 ? 0 : Long.parseLong(threads.getFirst().substring("main thread: ".length()));
        }
    }

    /** What the block comment of an experiment says after a word; empty if its file is not there. */
    private static String question(String experiment, String word) throws IOException {
        var file = Lab.house().resolve("experiments").resolve(experiment + ".java");
        if (Files.notExists(file)) return "";
        var found = Pattern.compile("(?s) \\* " + word + " +(.*?)\n \\*(?: [A-Z]|/|\n)").matcher(Files.readString(file));
        return found.find() ? found.group(1).replaceAll("\\s+\\*\\s+", " ") : "";
    }

    private static void warmUp(URI url) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(url.resolve("/warm-up")).build(); // 404
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (var i = 0; i < WARM_UP; i++) http.send(request, HttpResponse.BodyHandlers.discarding());
        }
    }

    /** A bar that follows the rows of the events file, or the time, until it is closed. */
    private Bar showProgress() {
        if (!progress) return () -> {};
        var begun = System.nanoTime();
        var tasks = options.contains("--tasks") ? Long.parseLong(options.get(options.indexOf("--tasks") + 1)) : 3;
        // Of a server that is stopped only the time is known, of requests that an experiment sends itself nothing (-1).
        var whole = stoppedWhileBusy ? 2 * Collections.max(List.of(taskTime, leastTaskTime)).toMillis() : requests == 0 ? -1 : tasks * requests;
        LongSupplier done = () -> stoppedWhileBusy ? Math.min(whole, (System.nanoTime() - begun) / 1_000_000) : rowsSoFar();
        var bar = analyze.progress("%s %s".formatted(experiment.replaceFirst("_.*", ""), name)).setInitialMax(whole).build();
        var follower = Thread.startVirtualThread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                bar.stepTo(done.getAsLong());
                LockSupport.parkNanos(200_000_000);
            }
        });
        return () -> {
            follower.interrupt();
            bar.stepTo(stoppedWhileBusy ? whole : rowsSoFar());
            bar.close();
        };
    }

    interface Bar extends AutoCloseable {
        @Override
        void close();
    }

    private long rowsSoFar() {
        try (var lines = Files.lines(file(".csv"))) {
            return Math.max(0, lines.count() - 1);
        } catch (IOException notThereYet) {
            return 0;
        }
    }

    // ---- The manifest

    /** What a reader needs to judge or repeat a run; a main thread of 0 is none, or more than one. */
    record Manifest(String server, String client, String warmUp, String taskTime, int cpusSeen, String predicted, long mainThread,
            double stepOfTheClockMillis, String question, String expectation, String software, Stop stop, Map<String, Double> notes,
            Machine machine) {
        static Manifest read(Path file) throws IOException {
            return JSON.readValue(file.toFile(), Manifest.class);
        }
    }

    /** When a server was sent SIGTERM, how many milliseconds later it had ended (null if it had to be killed), and its answers until then. */
    record Stop(String moment, Long endedAfterMillis, int answered) {}

    /** What a run happened on. */
    record Machine(String cpu, int cpus, String memory, String system, String jdk, double loadAverage, String time, String commit, String tree,
            List<String> libraries, @JsonIgnore long startedNanos) {

        static Machine now() {
            var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Machine(firstMatch(Path.of("/proc/cpuinfo"), "model name\\s*: (.*)").orElse(System.getProperty("os.arch")),
                    Runtime.getRuntime().availableProcessors(), "%d GiB".formatted(Math.round(system.getTotalMemorySize() / 1073741824.0)),
                    System.getProperty("os.name") + " " + System.getProperty("os.version"),
                    System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                    Math.round(system.getSystemLoadAverage() * 100) / 100.0, Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
                    git("rev-parse", "HEAD").orElse("unknown"),
                    git("status", "--porcelain", "--untracked-files=no").map(changes -> changes.isEmpty() ? "clean" : "changed").orElse("unknown"),
                    Run.jars(), System.nanoTime());
        }

        /** Milliseconds that the wall clock has gained on the monotonic one since then. */
        double stepOfTheClock() {
            var elapsed = Duration.between(Instant.parse(time), Instant.now()).toNanos() - (System.nanoTime() - startedNanos);
            return Math.round(elapsed / 1e6);
        }
    }

    private static List<String> jars() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(jar -> Path.of(jar).getFileName().toString())
                .filter(jar -> jar.matches(".*-\\d.*\\.jar")).map(jar -> jar.replace(".jar", "")).sorted().toList();
    }

    static Optional<String> firstMatch(Path file, String pattern) {
        try {
            return Pattern.compile(pattern).matcher(Files.readString(file)).results().map(match -> match.group(1)).findFirst();
        } catch (IOException notOnThisSystem) {
            return Optional.empty();
        }
    }

    private static Optional<String> git(String... arguments) {
        try {
            var process = new ProcessBuilder(Stream.concat(Stream.of("git"), Stream.of(arguments)).toList())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            var output = new String(process.getInputStream().readAllBytes()).strip();
            return process.waitFor() == 0 ? Optional.of(output) : Optional.empty();
        } catch (IOException | InterruptedException noGit) {
            return Optional.empty();
        }
    }
}
