///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION How fast our server and every peer answer: requests per second, latency, memory, spread, start-up
//JAVA 25+
//SOURCES lab/Experiment.java
//SOURCES bench/Speed.java
//SOURCES bench/Faults.java
//SOURCES bench/SlowClients.java
//SOURCES bench/Ratio.java
//SOURCES bench/StartUp.java
//MAIN Bench

/*
 * Question     What does it cost to leave a background task behind, on each framework?
 * Expectation  Ours answers at least 20 times as many requests as FastAPI, 0.75 times as many as the best JVM peer.
 * Run it       jbang bench
 *
 * Each round measures all servers in a new random order, so that drift of the machine affects them all. What they
 * print is discarded. The warm-up lasts longer than the three tasks of a request: after it, as many tasks end as
 * begin, as on a server in steady use. Ratio separates differences from noise; --self shows how reliably.
 */

import module java.base;
import org.HdrHistogram.ConcurrentHistogram;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "bench", subcommands = Faults.class, mixinStandardHelpOptions = true, version = "1.0",
        sortOptions = false,
        description = "Measures our server and each installed peer in turn (requests/s with wrk); writes bench.json, "
                + "README.md and speed.svg.")
class Bench implements Callable<Integer> {

    static final int CONNECTIONS = 64, MANY_CONNECTIONS = 1_000;
    static final int IN_FLIGHT = 10_000; // requests between two looks at the memory
    static final List<String> OURS = List.of(Proc.jdk("java"), "-cp", // as it stands alone: itself and its library
            Proc.classes(Server.class) + File.pathSeparator + Proc.classes(CommandLine.class), "Server");
    private static final int SPREAD_REQUESTS = 1_000;
    private static final Duration TASK_TIME = Duration.ofSeconds(1), SPREAD_TASK = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(1); // with the tasks of these requests
    private static final int STARTS = 14; // seconds that three starts, the memory and the spread take, more or less
    private static final int TASKS_END = 4; // seconds, somewhat longer than the three tasks of a request take

    @Parameters(paramLabel = "SERVER", arity = "0..*",
            description = "ours, fastapi, SpringBoot, …; without one, all. Ours is always measured.")
    List<String> names = List.of();
    @Option(names = "--rounds", defaultValue = "8", description = "How many times each server is measured; fewer than "
            + "eight rounds cannot tell a difference (default: ${DEFAULT-VALUE}).")
    int rounds;
    @Option(names = "--seconds", defaultValue = "4",
            description = "How long each speed is measured (default: ${DEFAULT-VALUE}).")
    int seconds;
    @Option(names = "--warm-up", defaultValue = "20", paramLabel = "SECONDS",
            description = "Warm-up before measuring; choose more than the 3 s that a request's three tasks take "
                    + "(default: ${DEFAULT-VALUE}).")
    int warmUp;
    @Option(names = "--start-ups", description = "Measure only how long the scripts take to start; everything else "
            + "in the folder's bench.json stays.")
    boolean startUps;
    @Option(names = "--self", paramLabel = "TIMES", description = "Measure no other server; compare ours this many "
            + "times with itself, and with itself stopped for at least 5 %% of the time, and print the verdicts.")
    int self;
    @Option(names = "--out", paramLabel = "DIR",
            description = "Where bench.json and README.md go (default: results/latest/bench).")
    Path out = Proc.house().resolve("results/latest/bench");
    @Spec
    CommandLine.Model.CommandSpec spec;

    static CommandLine commandLine() {
        return new CommandLine(new Bench()).registerConverter(int.class, Words::positive)
                .registerConverter(Duration.class, Words::duration)
                .setParameterExceptionHandler(Messages::wrongUsage)
                .setExecutionExceptionHandler(new Failure("bench"));
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
        if (self > 0) return self();
        Proc.makeOut(out);
        if (startUps) return startUps();
        var contenders = contenders();
        var speed = new Speed("jbang bench --rounds %d --seconds %d --warm-up %d%s".formatted(rounds, seconds, warmUp,
                names.isEmpty() ? "" : " " + String.join(" ", names)), Manifest.Machine.now(), new ArrayList<>(),
                new ArrayList<>(), null);
        var failed = new TreeSet<String>();
        var done = new AtomicInteger();
        var random = new Random(1); // the orders are the same each time, so that a run can be repeated
        var starts = names.isEmpty() || names.contains(Speed.FASTAPI) ? StartUp.commands()
                : Map.<String, List<String>>of();
        StartUp.measure(starts, 0, random, failed);
        announce((long) rounds * contenders.size() * (warmUp + 5L * seconds + 2 * TASKS_END + STARTS));
        try (var _ = Progress.of("Measuring", (long) rounds * contenders.size(), done::get)) {
            for (var round = 1; round <= rounds; round++) {
                speed.startUps().addAll(StartUp.measure(starts, round, random, failed));
                Collections.shuffle(contenders, random);
                for (var contender : contenders) {
                    var number = round;
                    attempt(contender.name, failed, () -> speed.rows().add(measure(contender, number)));
                    speed.write(out); // after each, so that Ctrl-C loses only one
                    done.incrementAndGet();
                }
            }
        }
        return say(speed, failed);
    }

    private int say(Speed speed, Set<String> failed) {
        failed.forEach(failure -> spec.commandLine().getErr().println("bench: " + failure));
        spec.commandLine().getOut().printf("%s%nAll measures: %s%n", speed.markdown(), out.resolve("README.md"));
        return failed.isEmpty() ? 0 : 1;
    }

    private int startUps() throws IOException, InterruptedException {
        if (Files.notExists(out.resolve(Speed.FILE)))
            throw new IOException("--start-ups needs the bench.json of a benchmark; there is none in " + out);
        var before = Speed.read(out);
        var speed = new Speed(before.command(), before.machine(), before.rows(), new ArrayList<>(),
                Manifest.Machine.now());
        var failed = new TreeSet<String>();
        var random = new Random(1);
        var commands = StartUp.commands();
        StartUp.measure(commands, 0, random, failed);
        for (var round : Bar.over(IntStream.rangeClosed(1, rounds).boxed().toList(), "Starting"))
            speed.startUps().addAll(StartUp.measure(commands, round, random, failed));
        speed.write(out);
        return say(speed, failed);
    }

    /** Something that is measured. */
    interface Attempt {
        void make() throws IOException, InterruptedException;
    }

    /** Measures something; if that fails, the rest is measured all the same. */
    static void attempt(String name, Set<String> failed, Attempt attempt) throws InterruptedException {
        try {
            attempt.make();
        } catch (IOException e) {
            failed.add("%s failed: %s".formatted(name, e.getMessage()));
        }
    }

    private void announce(long seconds) {
        spec.commandLine().getErr().printf("bench: this takes about %d minutes%n", Math.ceilDiv(seconds, 60));
    }

    /** Whether the statistics keep what they promise, on servers whose difference is known. */
    private int self() throws IOException, InterruptedException {
        var random = new Random(1);
        var done = new AtomicInteger();
        announce(4L * self * rounds * (warmUp + seconds + 1));
        try (var _ = Progress.of("Comparing", 4L * self * rounds, done::get)) {
            for (var sleeps : List.of(false, true)) {
                var sides = new EnumMap<Ratio.Side, Integer>(Ratio.Side.class);
                var said = new ArrayList<String>();
                for (var time = 0; time < self; time++) {
                    var ratios = new double[rounds];
                    for (var round = 0; round < rounds; round++) {
                        var first = random.nextBoolean(); // which of the two
                        var one = throughput(first && sleeps);
                        done.incrementAndGet();
                        var other = throughput(!first && sleeps);
                        done.incrementAndGet();
                        ratios[round] = first ? one / other : other / one;
                    }
                    var ratio = Ratio.of(ratios);
                    sides.merge(ratio.side(), 1, Integer::sum);
                    said.add("%.3f (%.3f to %.3f)".formatted(ratio.middle(), ratio.low(), ratio.high()));
                }
                spec.commandLine().getOut().printf("%s: slower %d, faster %d, cannot tell %d times; %s%n",
                        sleeps ? "one that sleeps at least 5 % of its time" : "itself",
                        sides.getOrDefault(Ratio.Side.less, 0), sides.getOrDefault(Ratio.Side.more, 0),
                        sides.getOrDefault(Ratio.Side.cannotTell, 0), String.join(", ", said));
            }
        }
        return 0;
    }

    /** Requests per second of ours, which is stopped for at least 5 ms after each 95 ms if it sleeps. */
    private double throughput(boolean sleeps) throws IOException, InterruptedException {
        try (var server = start(OURS, TASK_TIME)) {
            var pid = server.process().pid();
            var sleeper = new ProcessBuilder("sh", "-c", sleeps ? ("while kill -STOP %d; do sleep 0.005; "
                    + "kill -CONT %d; sleep 0.095; done").formatted(pid, pid) : "").redirectError(
                            ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                wrk(server.url(), CONNECTIONS, warmUp);
                return wrk(server.url(), CONNECTIONS, seconds);
            } finally {
                sleeper.destroy();
            }
        }
    }

    private void check() throws IOException, InterruptedException {
        var known = Stream.concat(Stream.of(Speed.OURS, "Robaho"), Peer.all().stream().map(Peer::name)).toList();
        for (var name : names) {
            if (!known.contains(name))
                throw new ParameterException(spec.commandLine(), "There is no server %s. There are: %s".formatted(name,
                        String.join(", ", known)));
        }
        if (!startUps) try {
            new ProcessBuilder("wrk", "--version").redirectErrorStream(true).start().getInputStream().readAllBytes();
        } catch (IOException missing) {
            throw new IOException("wrk is not installed: apt install wrk");
        }
    }

    /** Ours first, then the peers that are installed; of the others it says what they lack. */
    private List<Contender> contenders() throws InterruptedException {
        var contenders = new ArrayList<Contender>();
        contenders.add(new Contender(Speed.OURS, true, OURS));
        var robaho = new Peer(Proc.house().resolve("experiments/bench/Robaho.java"));
        for (var peer : Stream.concat(Stream.of(robaho), Peer.all().stream()).toList()) {
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

    /** The command that JBang ends up running, without options, so that JBang's start-up is not counted. */
    private static List<String> withoutJbang(List<String> command) throws IOException, InterruptedException {
        try (var once = start(command, Duration.ofSeconds(3))) {
            var file = Path.of("/proc", "" + once.process().pid(), "cmdline"); // ProcessHandle cuts long ones
            if (Files.notExists(file)) return command;
            return Stream.of(Files.readString(file).split("\0")).takeWhile(argument -> !argument.equals("--port"))
                    .toList();
        }
    }

    /** Starts a server at a free port; what it prints is discarded. */
    static ServerProcess start(List<String> command, Duration taskTime, String... options)
            throws IOException, InterruptedException {
        var whole = Stream
                .of(command.stream(), Stream.of("--port", "0", "--task-time", taskTime.toMillis() + "ms"),
                        Stream.of(options))
                .flatMap(Function.identity()).toList();
        return ServerProcess.start(whole);
    }

    // ---- One server in one round

    private Speed.Row measure(Contender contender, int round) throws IOException, InterruptedException {
        double start, live, resident;
        var begun = System.nanoTime();
        try (var server = start(contender.command, Duration.ofSeconds(100))) {
            send(server.url(), 1, 1);
            start = (System.nanoTime() - begun) / 1e6;
            send(server.url(), CONNECTIONS, IN_FLIGHT); // then it has what it keeps anyway
            var liveBefore = contender.onTheJvm ? liveBytes(server) : Double.NaN; // both times it collects first
            var residentBefore = residentBytes(server);
            send(server.url(), CONNECTIONS, IN_FLIGHT);
            live = contender.onTheJvm ? (liveBytes(server) - liveBefore) / IN_FLIGHT : Double.NaN;
            resident = (residentBytes(server) - residentBefore) / IN_FLIGHT;
        }
        var spread = spreadMillis(contender);
        try (var server = start(contender.command, TASK_TIME)) {
            wrk(server.url(), CONNECTIONS, warmUp);
            var few = wrk(server.url(), CONNECTIONS, seconds);
            var p99 = p99Millis(server.url(), few);
            wrk(server.url(), MANY_CONNECTIONS, Math.max(seconds, TASKS_END)); // until as many tasks end as begin
            var many = wrk(server.url(), MANY_CONNECTIONS, seconds);
            var about = server.about();
            return new Speed.Row(contender.name,
                    about == null ? "server.java" : about.software(), contender.onTheJvm,
                    round, few, many, p99, live, resident, spread, start);
        }
    }

    /** Starts a server and returns the milliseconds until its first answer is whole. */
    static double toFirstAnswer(List<String> command) throws IOException, InterruptedException {
        var begun = System.nanoTime();
        try (var server = start(command, Duration.ZERO)) {
            send(server.url(), 1, 1);
            return (System.nanoTime() - begun) / 1e6;
        }
    }

    /** Sends async requests as fast as they are answered; fails if one is not. */
    static void send(URI url, int connections, int requests) throws IOException {
        send(url, connections, requests, System::nanoTime, _ -> {});
    }

    private static void send(URI url, int connections, int requests, LongSupplier due, LongConsumer took)
            throws IOException {
        var answered = Load.raw(url, connections, requests, _ -> 1, due, took);
        if (answered < requests) throw new IOException("it answered %d of %d requests".formatted(answered, requests));
    }

    private static double residentBytes(ServerProcess server) {
        return Proc.residentMegabytes(server.process().pid()).orElse(Double.NaN) * 1e6;
    }

    /** What is left after a full collection, which the histogram's command makes first. */
    private static double liveBytes(ServerProcess server) throws IOException {
        var histogram = new ProcessBuilder(Proc.jdk("jcmd"), "" + server.process().pid(), "GC.class_histogram")
                .redirectErrorStream(true).start();
        return find(Proc.output(histogram, Duration.ofMinutes(1)), "Total\\s+\\d+\\s+(\\d+)");
    }

    /**
     * The 99th percentile of the answers' times in ms, each counted from when its request was due, at half of the rate
     * that our own client reaches here: wrk's is higher, and would measure the client.
     *
     * @param about how many requests a second to try
     */
    private double p99Millis(URI url, double about) throws IOException {
        var begun = System.nanoTime();
        var many = (int) Math.ceil(about * seconds / 2);
        send(url, CONNECTIONS, many);
        var perSecond = many / ((System.nanoTime() - begun) / 1e9) / 2;
        send(url, CONNECTIONS, (int) Math.ceil(perSecond * TASKS_END), Client.moments(perSecond, null), _ -> {});
        var took = new ConcurrentHistogram(3); // from now on, no task of the full load is left
        send(url, CONNECTIONS, (int) Math.ceil(perSecond * seconds), Client.moments(perSecond, null),
                took::recordValue);
        return took.getValueAtPercentile(99) / 1e6;
    }

    /** The spread of the last tasks of a new server's first thousand requests, one after the other. */
    private static double spreadMillis(Contender contender) throws IOException, InterruptedException {
        var folder = Proc.temporary("bench");
        var events = folder.resolve("events.csv");
        try (var server = start(contender.command, SPREAD_TASK, "--events", events.toString())) {
            send(server.url(), 1, SPREAD_REQUESTS);
            var rows = new Rows(events);
            var deadline = System.nanoTime() + PATIENCE.toNanos();
            while (rows.count() < 3 * SPREAD_REQUESTS) {
                if (System.nanoTime() > deadline) throw new IOException("it did not end its tasks within a minute");
                Thread.sleep(50);
            }
            return Log.read(events, SPREAD_TASK).spread(2) / 1e3;
        } finally {
            Proc.delete(folder);
        }
    }

    /** Requests per second that were answered. */
    private static double wrk(URI url, int connections, int seconds) throws IOException, InterruptedException {
        var wrk = new ProcessBuilder("wrk", "--threads", "1", "--connections", "" + connections, "--duration",
                seconds + "s", url.resolve("/?as_async=1").toString()).redirectErrorStream(true).start();
        var said = new String(wrk.getInputStream().readAllBytes());
        if (wrk.waitFor() != 0 || said.contains("Non-2xx") || said.matches("(?s).*errors: connect [1-9].*"))
            throw new IOException("wrk did not get its answers: " + said);
        return find(said, "Requests/sec:\\s+([\\d.]+)");
    }

    private static double find(String said, String pattern) throws IOException {
        var found = Pattern.compile(pattern).matcher(said);
        if (!found.find()) throw new IOException("nothing like %s in: %s".formatted(pattern, said));
        return Double.parseDouble(found.group(1));
    }
}
