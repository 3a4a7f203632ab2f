///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION How fast our server and every peer answer: requests per second, latency, memory, spread, start-up
//JAVA 25+
//SOURCES lab/Experiment.java
//SOURCES bench/Speed.java
//SOURCES bench/Faults.java
//SOURCES bench/Crowd.java
//MAIN Bench

/*
 * Question     What does it cost to leave a background task behind, on each framework?
 * Expectation  Ours answers at least 20 times as many requests as FastAPI and 0.75 of the best peer on the JVM.
 * Run it       jbang bench
 *
 * All servers in turn, then all again: what drifts on the machine drifts for all. Each prints its lines, to nowhere.
 * Warm-up before measuring, longer than the three tasks of a request take: from then on, as many tasks end as begin,
 * which is a server's real work. By then the JIT has warmed up, and the heap has its steady size.
 */

import module java.base;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "bench", subcommands = Faults.class, mixinStandardHelpOptions = true, version = "1.0",
        sortOptions = false,
        description = "Measures our server and every peer that is installed, in turn, with wrk; "
                + "writes bench.json and README.md.")
class Bench implements Callable<Integer> {

    static final int CONNECTIONS = 64; // of wrk
    static final List<String> OURS = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
            System.getProperty("java.class.path"), "Server");
    private static final int IN_FLIGHT = 10_000; // requests between two looks at the memory
    private static final int SPREAD_REQUESTS = 1_000;
    private static final Duration SPREAD_TASK = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(1); // with the tasks of these requests

    @Parameters(paramLabel = "SERVER", arity = "0..*",
            description = "ours, fastapi, SpringBoot, …; without one, all. Ours is always measured.")
    List<String> names = List.of();
    @Option(names = "--rounds", defaultValue = "3",
            description = "How often each is measured (default: ${DEFAULT-VALUE}).")
    int rounds;
    @Option(names = "--seconds", defaultValue = "5",
            description = "How long wrk measures (default: ${DEFAULT-VALUE}).")
    int seconds;
    @Option(names = "--warm-up", defaultValue = "20", paramLabel = "SECONDS",
            description = "Warm-up before measuring, longer than the three tasks of a request take, which is 9 s "
                    + "(default: ${DEFAULT-VALUE}).")
    int warmUp;
    @Option(names = "--out", paramLabel = "DIR",
            description = "Where bench.json and README.md go (default: results/latest/bench).")
    Path out = Proc.house().resolve("results/latest/bench");
    @Spec
    CommandLine.Model.CommandSpec spec;

    static CommandLine commandLine() {
        return new CommandLine(new Bench()).registerConverter(int.class, Words::whole)
                .registerConverter(Duration.class, Words::duration)
                .setExecutionExceptionHandler((failure, command, _) -> {
                    if (!(failure instanceof IOException)) throw failure;
                    command.getErr()
                            .println("bench: "
                                    + (failure instanceof FileSystemException ? failure : failure.getMessage()));
                    return 1;
                });
    }

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT); // the same digits everywhere
        System.exit(commandLine().execute(args));
    }

    /** A server and the command that starts it, to which its options are added. */
    record Contender(String name, boolean onTheJvm, List<String> command) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Files.createDirectories(out); // before it measures for minutes
        var contenders = contenders();
        var speed = new Speed("jbang bench --rounds %d --seconds %d --warm-up %d%s".formatted(rounds, seconds, warmUp,
                names.isEmpty() ? "" : " " + String.join(" ", names)), Manifest.Machine.now(), new ArrayList<>());
        var failed = new TreeSet<String>();
        var done = new AtomicInteger();
        try (var _ = Progress.of("Measuring", (long) rounds * contenders.size(), done::get)) {
            for (var round = 1; round <= rounds; round++) {
                for (var contender : contenders) {
                    try {
                        speed.rows().add(measure(contender, round));
                    } catch (IOException e) {
                        failed.add("%s failed: %s".formatted(contender.name, e.getMessage()));
                    }
                    speed.write(out); // after each, so that Ctrl-C loses only one
                    done.incrementAndGet();
                }
            }
        }
        failed.forEach(failure -> spec.commandLine().getErr().println("bench: " + failure));
        spec.commandLine().getOut().printf("%s%nThe rows: %s%n", speed.markdown(), out.resolve(Speed.FILE));
        return failed.isEmpty() ? 0 : 1;
    }

    private void check() throws IOException, InterruptedException {
        if (rounds < 1 || seconds < 1 || warmUp < 1)
            throw new ParameterException(spec.commandLine(), "--rounds, --seconds and --warm-up must be 1 or more");
        var known = Stream.concat(Stream.of(Speed.OURS), Peer.all().stream().map(Peer::name)).toList();
        for (var name : names) {
            if (!known.contains(name))
                throw new ParameterException(spec.commandLine(), "There is no server %s. There are: %s".formatted(name,
                        String.join(", ", known)));
        }
        try {
            new ProcessBuilder("wrk", "--version").redirectErrorStream(true).start().getInputStream().readAllBytes();
        } catch (IOException missing) {
            throw new IOException("wrk is not installed: apt install wrk");
        }
    }

    /** Ours first, then the peers that are installed; of the others it says what they lack. */
    private List<Contender> contenders() throws InterruptedException {
        var contenders = new ArrayList<Contender>();
        contenders.add(new Contender(Speed.OURS, true, OURS));
        for (var peer : Peer.all()) {
            if (!names.isEmpty() && !names.contains(peer.name())) continue;
            try {
                contenders.add(new Contender(peer.name(), peer.onTheJvm(),
                        withoutJbang(peer.command(Runtime.getRuntime().availableProcessors()))));
            } catch (Peer.NotInstalled missing) {
                var command = missing.missing.command();
                leftOut(missing.getMessage() + (command.isEmpty() ? "" : ": " + command));
            } catch (IOException broken) {
                leftOut(peer.name() + ": " + broken.getMessage());
            }
        }
        return contenders;
    }

    private void leftOut(String why) {
        spec.commandLine().getErr().println("bench: left out: " + why);
    }

    /** What the process was started with in the end, without options: JBang's own second is not the peer's. */
    private static List<String> withoutJbang(List<String> command) throws IOException, InterruptedException {
        try (var once = start(command, Duration.ofSeconds(3))) {
            var file = Path.of("/proc", "" + once.process().pid(), "cmdline"); // ProcessHandle cuts long ones
            if (Files.notExists(file)) return command;
            return Stream.of(Files.readString(file).split("\0")).takeWhile(argument -> !argument.equals("--port"))
                    .toList();
        }
    }

    private static ServerProcess start(List<String> command, Duration taskTime, String... options)
            throws IOException, InterruptedException {
        var whole = Stream
                .of(command.stream(), Stream.of("--port", "0", "--task-time", taskTime.toMillis() + "ms"),
                        Stream.of(options))
                .flatMap(Function.identity()).toList();
        return ServerProcess.start(whole, ProcessBuilder.Redirect.DISCARD, ServerProcess.PATIENCE);
    }

    // ---- One server in one round

    private Speed.Row measure(Contender contender, int round) throws IOException, InterruptedException {
        double start, memory;
        var begun = System.nanoTime();
        try (var server = start(contender.command, Duration.ofSeconds(100))) {
            Client.send(server.url(), 1, 1, 1, _ -> {});
            start = (System.nanoTime() - begun) / 1e6;
            Client.send(server.url(), 1, IN_FLIGHT, CONNECTIONS, _ -> {}); // then it has what it keeps anyway
            var before = megabytes(server);
            Client.send(server.url(), 1, IN_FLIGHT, CONNECTIONS, _ -> {});
            memory = (megabytes(server) - before) * 1e6 / IN_FLIGHT;
        }
        var spread = spreadMillis(contender);
        try (var server = start(contender.command, Duration.ofSeconds(3))) {
            wrk(server.url(), warmUp);
            var said = wrk(server.url(), seconds);
            var about = server.about();
            return new Speed.Row(contender.name, about == null ? "server.java" : about.software(), contender.onTheJvm,
                    round,
                    find(said, "Requests/sec:\\s+([\\d.]+)()"), find(said, "99%\\s+([\\d.]+)(\\w+)"), memory, spread,
                    start);
        }
    }

    private static double megabytes(ServerProcess server) {
        return Proc.residentMegabytes(server.process().pid()).orElse(Double.NaN);
    }

    /** The spread of the last tasks of a thousand requests, one after the other. */
    private static double spreadMillis(Contender contender) throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("bench");
        var events = folder.resolve("events.csv");
        try (var server = start(contender.command, SPREAD_TASK, "--events", events.toString())) {
            Client.send(server.url(), 1, SPREAD_REQUESTS, 1, _ -> {});
            var deadline = System.nanoTime() + PATIENCE.toNanos();
            while (rows(events) < 3 * SPREAD_REQUESTS) {
                if (System.nanoTime() > deadline) throw new IOException("it did not end its tasks within a minute");
                Thread.sleep(50);
            }
            return Log.read(events, SPREAD_TASK).spread(2) / 1e3;
        } finally {
            Proc.delete(folder);
        }
    }

    private static long rows(Path events) throws IOException {
        try (var lines = Files.lines(events)) {
            return lines.count() - 1; // the header
        }
    }

    private static String wrk(URI url, int seconds) throws IOException, InterruptedException {
        var wrk = new ProcessBuilder("wrk", "--threads", "1", "--connections", "" + CONNECTIONS, "--duration",
                seconds + "s", "--latency",
                url.resolve("/?as_async=1").toString()).redirectErrorStream(true).start();
        var said = new String(wrk.getInputStream().readAllBytes());
        if (wrk.waitFor() != 0 || said.contains("Non-2xx"))
            throw new IOException("wrk did not get its answers: " + said);
        return said;
    }

    /** A number that wrk printed, times in milliseconds. */
    private static double find(String said, String pattern) throws IOException {
        var found = Pattern.compile(pattern).matcher(said);
        if (!found.find()) throw new IOException("wrk did not print " + pattern + ": " + said);
        return Double.parseDouble(found.group(1)) * switch (found.group(2)) {
            case "us" -> 1e-3;
            case "s" -> 1e3;
            case "m" -> 60e3;
            default -> 1;
        };
    }
}
