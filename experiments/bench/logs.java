///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION How long analyze.java takes for logs of 0.1, 1 and 10 million tasks, compared with DuckDB
//JAVA 25+
//SOURCES ../lab/Proc.java
//SOURCES ../lab/Failure.java
//SOURCES ../../analyze/Messages.java
//SOURCES ../../server.java
//DEPS info.picocli:picocli:4.7.7
//DEPS org.duckdb:duckdb_jdbc:1.4.1.0
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED
//MAIN Logs

/*
 * Question     How much time and memory does a large log take: figures, table, pictures?
 * Expectation  Ten million tasks fit into 2,000 MB and take at most 1.5 times as long as DuckDB's figures; time
 *              grows in proportion to the number of tasks.
 * Run it       jbang experiments/bench/logs.java
 *
 * Each runs in a process of its own, in turn. The logs come from a seeded generator: requests of three tasks each on a
 * pool of 200, with waits in its queue. Memory is the most that the process had resident (VmHWM, Linux).
 */

import module java.base;
import java.sql.DriverManager;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "logs.java", mixinStandardHelpOptions = true, version = "1.0",
        description = "Measures analyze.java on generated logs, and DuckDB on the same; prints a table.")
class Logs implements Callable<Integer> {

    @Option(names = "--tasks", split = ",", defaultValue = "100000,1000000,10000000", paramLabel = "N",
            description = "How many tasks a log has (default: ${DEFAULT-VALUE}).")
    List<Integer> sizes;
    @Option(names = "--rounds", defaultValue = "3", description = "How many times each is measured (default: 3).")
    int rounds;
    @Option(names = "--duckdb", hidden = true, description = "Have DuckDB read this file; for a process of its own.")
    Path duckdb;

    record Cost(double seconds, double megabytes) {}

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT);
        System.exit(new CommandLine(new Logs()).registerConverter(int.class, text -> Server.whole(text, 1, 1_000))
                .registerConverter(Integer.class, text -> Server.whole(text, 3, 100_000_000))
                .setExecutionExceptionHandler(new Failure("logs")).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (duckdb != null) return duckdb(duckdb);
        var folder = Proc.temporary("logs");
        try {
            measure(folder);
        } finally {
            Proc.delete(folder); // up to a gigabyte
        }
        return 0;
    }

    private void measure(Path folder) throws IOException, InterruptedException {
        System.out.println("| tasks | analyze.java [s] | [MB] | DuckDB [s] | [MB] | largest page [MB] |\n"
                + "| ---: | ---: | ---: | ---: | ---: | ---: |");
        for (var size : sizes) {
            var log = generate(folder.resolve("log-" + size + ".csv"), size);
            var ours = new ArrayList<Cost>();
            var theirs = new ArrayList<Cost>();
            for (var round = 0; round < rounds; round++) {
                ours.add(run("" + Proc.house().resolve("jbang"), "" + Proc.house().resolve("analyze.java"),
                        log.toString(), "--out", folder.toString()));
                theirs.add(run(Proc.jdk("java"), "--enable-native-access=ALL-UNNAMED", "-cp",
                        System.getProperty("java.class.path"), "Logs", "--duckdb", log.toString()));
            }
            System.out.printf("| %,d | %s | %s | %s | %s | %.1f |%n", size, range(ours, Cost::seconds),
                    range(ours, Cost::megabytes), range(theirs, Cost::seconds), range(theirs, Cost::megabytes),
                    Files.size(folder.resolve("log-" + size + "-timeline.html")) / 1e6);
            Files.delete(log);
        }
    }

    /** Median (lowest to highest). */
    private static String range(List<Cost> costs, ToDoubleFunction<Cost> of) {
        var sorted = costs.stream().mapToDouble(of).sorted().toArray();
        return "%.4g (%.4g to %.4g)".formatted(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    /** Runs a command to its end; fails if its exit code is not 0. */
    private static Cost run(String... command) throws IOException, InterruptedException {
        var begun = System.nanoTime();
        var process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        var memory = 0.0;
        do {
            var most = Proc.first(Path.of("/proc/" + process.pid() + "/status"), "VmHWM:\\s+(\\d+)");
            memory = Math.max(memory, most.map(Double::parseDouble).orElse(0.0) * 1_024 / 1e6);
        } while (!process.waitFor(20, TimeUnit.MILLISECONDS));
        if (process.exitValue() != 0) throw new IOException(String.join(" ", command) + " failed");
        return new Cost((System.nanoTime() - begun) / 1e9, memory);
    }

    /** The figures that analyze.java prints, but for the plateau and the rounds, which are no line of SQL. */
    private static int duckdb(Path log) throws Exception {
        try (var db = DriverManager.getConnection("jdbc:duckdb:"); var statement = db.createStatement()) {
            statement.execute("CREATE TABLE t AS SELECT * FROM '" + log + "'");
            for (var figures : List.of(
                    "SELECT count(*), count(DISTINCT request), count(DISTINCT thread) FROM t",
                    "SELECT quantile_disc(epoch_us(ended) - epoch_us(started), [0.5, 0.99]), "
                            + "quantile_disc(epoch_us(started) - epoch_us(queued), [0.5, 0.99, 1.0]) FROM t",
                    "SELECT task, max(epoch_us(ended)) - min(epoch_us(ended)) FROM t GROUP BY task",
                    "SELECT max(n) FROM (SELECT sum(d) OVER (ORDER BY m, d) AS n FROM "
                            + "(SELECT started AS m, 1 AS d FROM t UNION ALL SELECT ended, -1 FROM t))"))
                statement.executeQuery(figures).next();
        }
        return 0;
    }

    /** A task of 50 ms or a little more, on the thread that is free first. */
    private static Path generate(Path file, int tasks) throws IOException {
        var random = new Random(1);
        var free = new PriorityQueue<long[]>(Comparator.comparingLong(thread -> thread[0])); // from when, id
        for (var thread = 0; thread < 200; thread++) free.add(new long[]{0, 40 + thread});
        var received = 0L;
        try (var out = Files.newBufferedWriter(file)) {
            out.write("request,task,mode,thread,received,queued,started,ended,outcome\n");
            for (var request = 0; request < tasks / 3; request++) {
                received += random.nextInt(900);
                var queued = received;
                for (var task = 0; task < 3; task++) {
                    var thread = free.remove();
                    var started = Math.max(queued, thread[0]);
                    var ended = started + 50_000 + random.nextInt(2_000);
                    free.add(new long[]{ended, thread[1]});
                    out.write(request + "," + task + ",sync," + thread[1] + "," + moment(received) + ","
                            + moment(queued) + "," + moment(started) + "," + moment(ended) + ",ok\n");
                    queued = ended;
                }
            }
        }
        return file;
    }

    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    private static String moment(long micros) {
        return MOMENT.format(LocalDateTime.of(2024, 5, 14, 8, 55).plusNanos(micros * 1_000));
    }
}
