///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION How fast ours and every peer answer, side by side: requests per second, latency, memory, spread, start-up
//JAVA 25+
//SOURCES lab.java
//MAIN Bench

/*
 * Question     What does it cost to leave a background task behind, on each framework?
 * Expectation  Ours answers at least 20 times as many requests as FastAPI and 0.75 of the best peer on the JVM.
 * Run it       jbang bench
 *
 * All servers in turn, then all again: what drifts on the machine drifts for all. Each prints its lines, to nowhere.
 * wrk asks for twenty seconds before anything counts. The tasks of a request take nine: only from then on does a server end
 * as many as it begins, which is its real work. By then machine code has been made and memory fetched, too.
 */

import module java.base;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "bench", mixinStandardHelpOptions = true, version = "1.0", sortOptions = false,
        description = "Measures our server and every peer that is installed, in turn, under wrk; writes bench.json, from which the notebook has its table.")
class Bench implements Callable<Integer> {

    static final int CONNECTIONS = 64; // of wrk
    static final int IN_FLIGHT = 10_000; // requests between two looks at the memory
    static final int SPREAD_REQUESTS = 1_000;

    @Parameters(paramLabel = "SERVER", arity = "0..*", description = "ours, fastapi, SpringBoot, …; without one, all. Ours is always among them.")
    List<String> names = List.of();
    @Option(names = "--rounds", defaultValue = "3", description = "How often each is measured (default: ${DEFAULT-VALUE}).")
    int rounds;
    @Option(names = "--seconds", defaultValue = "5", description = "How long wrk asks (default: ${DEFAULT-VALUE}).")
    int seconds;
    @Option(names = "--warm-up", defaultValue = "20", paramLabel = "SECONDS",
            description = "How long wrk asks before; a request's tasks take 9 s, and only then do as many end as begin (default: ${DEFAULT-VALUE}).")
    int warmUp;
    @Option(names = "--out", paramLabel = "DIR", description = "Where bench.json goes (default: results/latest).")
    Path out = Lab.house().resolve("results/latest");
    @Spec
    CommandLine.Model.CommandSpec spec;

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT);
        System.exit(new CommandLine(new Bench()).setExecutionExceptionHandler((failure, command, _) -> {
            if (!(failure instanceof IOException)) throw failure;
            command.getErr().println("bench: " + failure.getMessage());
            return 1;
        }).execute(args));
    }

    /** A server and the command that starts it, to which its options are added. */
    record Contender(String name, List<String> command) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (rounds < 1 || seconds < 1 || warmUp < 1)
            throw new ParameterException(spec.commandLine(), "--rounds, --seconds and --warm-up must be 1 or more");
        for (var name : names) {
            if (!name.equals("ours") && Peer.all().stream().noneMatch(peer -> peer.name().equals(name))) {
                throw new ParameterException(spec.commandLine(), "There is no server %s. There are: ours, %s".formatted(name,
                        Peer.all().stream().map(Peer::name).collect(Collectors.joining(", "))));
            }
        }
        try {
            new ProcessBuilder("wrk", "--version").redirectErrorStream(true).start().getInputStream().readAllBytes();
        } catch (IOException missing) {
            throw new IOException("wrk is not installed: apt install wrk");
        }
        Files.createDirectories(out); // before it measures for minutes
        var contenders = contenders();
        var speed = new Speed("jbang bench --rounds %d --seconds %d --warm-up %d".formatted(rounds, seconds, warmUp), Run.Machine.now(),
                new ArrayList<>());
        var failed = new TreeSet<String>();
        try (var bar = analyze.progress("Measuring").setInitialMax((long) rounds * contenders.size()).build()) {
            for (var round = 1; round <= rounds; round++) {
                for (var contender : contenders) {
                    bar.setExtraMessage(contender.name);
                    try {
                        speed.rows().add(measure(contender, round));
                    } catch (IOException e) {
                        failed.add("%s failed: %s".formatted(contender.name, e.getMessage()));
                    }
                    speed.write(out.resolve("bench.json")); // after each, so that breaking it off loses one
                    bar.step();
                }
            }
        }
        failed.forEach(failure -> System.err.println("bench: " + failure));
        System.out.printf("%s%n%sMedians of %d rounds, with ranges, on %d of %s. The rows: %s%n", speed.table(), speed.verdict(), rounds,
                speed.machine().cpus(),
                speed.machine().cpu(), out.resolve("bench.json"));
        return failed.isEmpty() ? 0 : 1;
    }

    /** Ours first, then the peers that are installed; the others are named with what they lack. */
    private List<Contender> contenders() throws IOException, InterruptedException {
        var contenders = new ArrayList<Contender>();
        contenders.add(new Contender("ours", List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "server")));
        for (var peer : Peer.all()) {
            if (!names.isEmpty() && !names.contains(peer.name())) continue;
            try {
                var command = peer.command(Runtime.getRuntime().availableProcessors());
                try (var once = new Running(command, "3000ms")) {
                    contenders.add(new Contender(peer.name(), once.command(command)));
                }
            } catch (IOException missing) {
                System.err.println("bench: left out: " + missing.getMessage());
            }
        }
        return contenders;
    }

    private Speed.Row measure(Contender contender, int round) throws IOException, InterruptedException {
        double start, spread, memory;
        String software;
        var events = Files.createTempFile("bench", ".csv");
        try (var server = new Running(contender.command, "500ms", "--events", events.toString())) {
            start = server.startMillis;
            software = contender.name.equals("ours") ? "server.java" : server.software;
            client.send(server.url, 1, SPREAD_REQUESTS, 1, _ -> {});
            for (var looks = 0;; looks++) {
                if (looks > 1_200) throw new IOException("%s did not end its tasks within a minute".formatted(contender.name));
                try (var rows = Files.lines(events)) {
                    if (rows.count() > 3 * SPREAD_REQUESTS) break;
                }
                Thread.sleep(50);
            }
        }
        spread = analyze.read(events, contender.name, Duration.ofMillis(500)).spread(2) / 1e3;
        Files.delete(events);
        try (var server = new Running(contender.command, "100000ms")) {
            client.send(server.url, 1, IN_FLIGHT, CONNECTIONS, _ -> {}); // what a server keeps anyway is there after these
            var before = server.residentBytes();
            client.send(server.url, 1, IN_FLIGHT, CONNECTIONS, _ -> {});
            memory = (server.residentBytes() - before) / IN_FLIGHT;
        }
        try (var server = new Running(contender.command, "3000ms")) {
            wrk(server.url, warmUp);
            var said = wrk(server.url, seconds);
            return new Speed.Row(contender.name, software, round, find(said, "Requests/sec:\\s+([\\d.]+)()"), find(said, "99%\\s+([\\d.]+)(\\w+)"),
                    memory, spread, start);
        }
    }

    private static String wrk(URI url, int seconds) throws IOException, InterruptedException {
        var wrk = new ProcessBuilder("wrk", "--threads", "1", "--connections", "" + CONNECTIONS, "--duration", seconds + "s", "--latency",
                url + "/?as_async=1").redirectErrorStream(true).start();
        var said = new String(wrk.getInputStream().readAllBytes());
        if (wrk.waitFor() != 0 || said.contains("Non-2xx")) throw new IOException("wrk did not get its answers: " + said);
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

    /** A server that was started and has given its first answer. */
    static final class Running implements AutoCloseable {
        final ProcessHandle process;
        final URI url;
        final String software;
        final double startMillis; // from its start to its first answer
        private final Thread kill;

        Running(List<String> command, String taskTime, String... options) throws IOException, InterruptedException {
            var whole =
                    Stream.of(command.stream(), Stream.of("--port", "0", "--task-time", taskTime), Stream.of(options)).flatMap(Function.identity());
            var begun = System.nanoTime();
            var started = new ProcessBuilder(whole.toList()).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            process = started.toHandle();
            kill = new Thread(process::destroyForcibly);
            Runtime.getRuntime().addShutdownHook(kill);
            var said = started.errorReader();
            var start = Run.awaitStart(said);
            url = start.url();
            software = start.software();
            Thread.startVirtualThread(() -> said.lines().forEach(_ -> {})); // a server that nobody listens to might stop
            client.send(url, 1, 1, 1, _ -> {});
            startMillis = (System.nanoTime() - begun) / 1e6;
        }

        /** What its process was started with in the end, without options: JBang takes a second of its own, which is not the peer's. */
        List<String> command(List<String> otherwise) throws IOException {
            var file = Path.of("/proc", "" + process.pid(), "cmdline"); // ProcessHandle tells no command as long as these
            if (Files.notExists(file)) return otherwise;
            return Stream.of(Files.readString(file).split("\0")).takeWhile(argument -> !argument.equals("--port")).toList();
        }

        /** Bytes of memory that the process holds, by /proc. */
        double residentBytes() {
            return Run.firstMatch(Path.of("/proc", "" + process.pid(), "status"), "VmRSS:\\s+(\\d+)").map(kB -> 1024 * Double.parseDouble(kB))
                    .orElse(Double.NaN);
        }

        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join();
            Runtime.getRuntime().removeShutdownHook(kill);
        }
    }
}
