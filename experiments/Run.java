//SOURCES ../server.java
//SOURCES ../client.java
//SOURCES ../analyze.java
//DEPS com.fasterxml.jackson.core:jackson-databind:2.22.3

import module java.base;
import module java.management;
import module java.net.http;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import me.tongfei.progressbar.ProgressBar;

/**
 * One run: the real server as a process of its own, the real client's requests, and the log that the server leaves.
 * It happens when a claim first asks it something, and only once.
 *
 * <p>In {@code results/latest/EXPERIMENT/} it leaves NAME.csv (the events), NAME.txt (what the server printed) and
 * NAME.json (the manifest: what a reader needs to judge or repeat the run).
 */
final class Run {

    static Duration taskTime = Duration.ofSeconds(3); // the article's; tests take less
    static Path results = Path.of("results", "latest");
    static boolean progress = System.console() != null && System.console().isTerminal();

    private static final int WARM_UP = 50; // requests that leave no task, so that both programs have loaded their code
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path folder;
    private final String name;
    private final List<String> options;
    private int cpus = Runtime.getRuntime().availableProcessors();
    private boolean prints = true;
    private server.Mode mode = server.Mode.sync;
    private int requests;
    private analyze.Log log;
    private IllegalStateException failure;

    private Run(Path folder, String name, String... options) {
        this.folder = folder;
        this.name = name;
        this.options = List.of(options);
    }

    /** A run of the calling experiment, with these options of the server; the name is for its files. */
    static Run server(String name, String... options) {
        var experiment = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).getCallerClass().getName();
        return new Run(results.resolve(experiment), name, options);
    }

    /** Has the server see so many CPUs, whatever the machine has. */
    Run cpus(int cpus) {
        this.cpus = cpus;
        return this;
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

    /** What the server logged. The first call lets the run happen, which takes as long as its tasks do. */
    synchronized analyze.Log log() {
        if (failure != null) throw failure;
        try {
            if (log == null) {
                happen();
                log = analyze.read(file(".csv"), name, taskTime);
            }
            return log;
        } catch (IOException | InterruptedException e) {
            throw failure = new IllegalStateException("The run %s of %s failed: %s".formatted(name, folder.getFileName(), e.getMessage()), e);
        }
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

    /** The thread that every endpoint of this run reported as its own. */
    long mainThread() {
        log();
        try (var lines = Files.lines(file(".txt"))) {
            var threads = lines.filter(line -> line.startsWith("main thread: ")).distinct().toList();
            if (threads.size() != 1) throw new IllegalStateException("expected one main thread, saw " + threads);
            return Long.parseLong(threads.getFirst().substring("main thread: ".length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String ending) {
        return folder.resolve(name + ending);
    }

    // ---- How it happens

    private void happen() throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Files.deleteIfExists(file(".csv"));
        var arguments = new ArrayList<>(List.of("--port", "0", "--task-time", taskTime.toString()));
        arguments.addAll(options);
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), "-XX:ActiveProcessorCount=" + cpus, "server"));
        command.addAll(arguments);
        command.addAll(List.of("--events", file(".csv").toString()));
        writeManifest(arguments);
        var output = prints ? ProcessBuilder.Redirect.to(file(".txt").toFile()) : ProcessBuilder.Redirect.DISCARD;
        var process = new ProcessBuilder(command).redirectOutput(output).start();
        var kill = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(kill); // no server outlives the lab
        try (var said = process.errorReader(); var _ = showProgress()) {
            var listening = Pattern.compile("http://\\S+").matcher(Objects.requireNonNullElse(said.readLine(), ""));
            if (!listening.find()) throw new IOException("the server did not start: " + said.readAllAsString());
            var url = URI.create(listening.group());
            warmUp(url);
            client.send(url, mode == server.Mode.sync ? 0 : 1, requests, 1, _ -> {});
            process.toHandle().destroy(); // SIGTERM: it waits for its tasks; process.destroy() would also close its streams
            var rest = said.readAllAsString();
            if (process.waitFor() != 0) throw new IOException("the server ended with exit code " + process.exitValue() + ": " + rest);
        } finally {
            process.destroyForcibly();
            Runtime.getRuntime().removeShutdownHook(kill);
        }
    }

    private static void warmUp(URI url) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(url.resolve("/warm-up")).build(); // 404
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (var i = 0; i < WARM_UP; i++) http.send(request, HttpResponse.BodyHandlers.discarding());
        }
    }

    /** A bar that follows the rows of the events file until it is closed. */
    private AutoCloseableBar showProgress() {
        if (!progress) return () -> {};
        var bar = new ProgressBar("%s %s".formatted(folder.getFileName().toString().replaceFirst("_.*", ""), name), 3L * requests);
        var follower = Thread.startVirtualThread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try (var rows = Files.lines(file(".csv"))) {
                    bar.stepTo(Math.max(0, rows.count() - 1));
                } catch (IOException notThereYet) { // the next look will find it
                }
                LockSupport.parkNanos(200_000_000);
            }
        });
        return () -> {
            follower.interrupt();
            bar.close();
        };
    }

    interface AutoCloseableBar extends AutoCloseable {
        @Override
        void close();
    }

    // ---- The manifest

    private void writeManifest(List<String> arguments) throws IOException {
        var server = Stream.concat(Stream.of("jbang", "-R=-XX:ActiveProcessorCount=" + cpus, "server.java"), arguments.stream());
        var manifest = new LinkedHashMap<String, Object>();
        manifest.put("experiment", folder.getFileName().toString());
        manifest.put("server", server.collect(Collectors.joining(" ")) + " --events " + name + ".csv" + (prints ? "" : " >/dev/null"));
        manifest.put("client", "jbang client.java %d %d".formatted(mode.ordinal(), requests));
        manifest.put("warm-up", WARM_UP + " requests that leave no task");
        manifest.put("task time", taskTime.toString());
        manifest.put("CPUs seen", cpus);
        manifest.putAll(machine());
        Files.writeString(file(".json"), JSON.writeValueAsString(manifest) + "\n");
    }

    /** What the run happened on; also for the notebook. */
    static Map<String, Object> machine() {
        var machine = new LinkedHashMap<String, Object>();
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        machine.put("CPU", firstMatch(Path.of("/proc/cpuinfo"), "model name\\s*: (.*)").orElse(System.getProperty("os.arch")));
        machine.put("CPUs", Runtime.getRuntime().availableProcessors());
        machine.put("memory", "%d GiB".formatted(Math.round(system.getTotalMemorySize() / 1073741824.0)));
        machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("JDK", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        machine.put("load average", Math.round(system.getSystemLoadAverage() * 100) / 100.0);
        machine.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        machine.put("commit", git("rev-parse", "HEAD").orElse("unknown"));
        machine.put("changed since", git("status", "--porcelain").map(changes -> changes.isEmpty() ? "nothing" : "something").orElse("unknown"));
        machine.put("libraries",
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(jar -> Path.of(jar).getFileName().toString())
                        .filter(jar -> jar.matches(".*-\\d.*\\.jar")).map(jar -> jar.replace(".jar", "")).sorted().toList());
        return machine;
    }

    private static Optional<String> firstMatch(Path file, String pattern) {
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
