import module java.base;
import picocli.CommandLine.*;

/** What goes wrong on other people's machines, done on purpose to ours and, where it is installed, to uvicorn. */
@Command(name = "faults", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Kills servers, limits the events file, connects slow clients and runs a soak test, half an "
                + "hour in all; writes faults.md.")
final class Faults implements Callable<Integer> {

    private static final int CONNECTIONS = 16;
    static final Duration PATIENCE = Duration.ofMinutes(2);

    @Option(names = "--soak", defaultValue = "10m", paramLabel = "TIME",
            description = "How long the soak lasts (default: ${DEFAULT-VALUE}).")
    Duration soak;
    @Option(names = "--kills", defaultValue = "100", paramLabel = "N",
            description = "How many times each server is killed (default: ${DEFAULT-VALUE}).")
    int kills;
    @Option(names = "--out", paramLabel = "DIR", description = "Where faults.md goes (default: results/latest/bench).")
    Path out = Proc.house().resolve("results/latest/bench");
    @Spec
    picocli.CommandLine.Model.CommandSpec spec;

    /** One thing that is done to a server: what came of it, in words and figures. */
    private interface Fault {
        String happens(List<String> command, Path folder) throws IOException, InterruptedException;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Proc.makeOut(out);
        var faults = new LinkedHashMap<String, Fault>();
        faults.put("kill -9 under load, %d times".formatted(kills),
                (command, folder) -> kills(command, folder, kills));
        faults.put("the events file may not grow beyond 64 KiB (ulimit -f), as on a full disk", Faults::fullDisk);
        var clients = new SlowClients(10_000, 2_000, 500, 500);
        faults.put(clients.what(), (command, folder) -> slowClients(clients, command, folder));
        faults.put("a soak of %d s at half of the highest rate, sync and async".formatted(soak.toSeconds()),
                (command, folder) -> soak(command, folder, soak));
        var table = new ArrayList<>(List.of(List.of("what was done", "uvicorn", "server.java")));
        var done = new AtomicInteger();
        try (var _ = Progress.of("Faults", 2L * faults.size(), done::get)) {
            for (var fault : faults.entrySet()) {
                var row = new ArrayList<>(List.of(fault.getKey()));
                for (var server : List.of(Speed.FASTAPI, Speed.OURS)) {
                    row.add(result(server, fault.getValue()));
                    done.incrementAndGet();
                }
                table.add(row);
            }
        }
        var text = """
                # Faults: kills, a full disk, slow clients, a soak test

                %s
                **Machine.** %s

                To repeat it: `jbang bench faults --soak %ds --kills %d`
                """.formatted(Markdown.table(table, false), LessonPage.machine(Manifest.Machine.now()),
                soak.toSeconds(), kills);
        spec.commandLine().getOut().println(text); // first, for the disk may be full
        Files.writeString(out.resolve("faults.md"), text);
        return 0;
    }

    private static String result(String server, Fault fault) throws IOException, InterruptedException {
        var folder = Proc.temporary("faults");
        try {
            var command = server.equals(Speed.OURS) ? Bench.OURS : Peer.named(server).command(0);
            return fault.happens(command, folder);
        } catch (Peer.NotInstalled missing) {
            return missing.getMessage();
        } catch (IOException broken) {
            return "broke: " + broken.getMessage();
        } finally {
            Proc.delete(folder);
        }
    }

    /** Starts a server that writes events.csv and lines.log into that folder. */
    static ServerProcess start(List<String> command, Path folder, String... options) throws IOException,
            InterruptedException {
        var whole =
                Stream.of(command.stream(), Stream.of("--port", "0", "--events", "" + folder.resolve("events.csv")),
                        Stream.of(options)).flatMap(Function.identity()).toList();
        return ServerProcess.start(whole, ProcessBuilder.Redirect.to(folder.resolve("lines.log").toFile()),
                ServerProcess.PATIENCE);
    }

    // ---- What is done

    /** Kills the server at random moments under load; compares rows with printed lines each time. */
    static String kills(List<String> command, Path folder, int kills)
            throws IOException, InterruptedException {
        var random = new Random(1);
        int fewer = 0, torn = 0;
        long rows = 0;
        for (var kill = 0; kill < kills; kill++) {
            try (var server = start(command, folder, "--task-time", "1ms")) {
                var load = Thread.startVirtualThread(() -> requests(server.url(), Integer.MAX_VALUE, 0));
                Thread.sleep(50 + random.nextInt(450));
                server.close(); // SIGKILL
                load.join();
            }
            var events = Files.readString(folder.resolve("events.csv"));
            var whole = events.chars().filter(letter -> letter == '\n').count() - 1;
            if (!events.endsWith("\n")) torn++;
            if (whole < ends(folder.resolve("lines.log"))) fewer++;
            rows += whole;
        }
        return "%,d rows in all; fewer rows than printed lines: %d times; a torn last row: %d times".formatted(rows,
                fewer, torn);
    }

    /** Sends a thousand requests to a server whose files may not grow beyond 64 KiB. */
    static String fullDisk(List<String> command, Path folder)
            throws IOException, InterruptedException {
        var limited = limited(64, command);
        var whole = Stream.concat(limited.stream(), Stream.of("--port", "0", "--task-time", "1ms", "--events",
                "" + folder.resolve("events.csv"))).toList();
        try (var server = ServerProcess.start(whole)) {
            var answered = requests(server.url(), 1_000, 0);
            server.stopWithin(PATIENCE); // after all tasks
            var events = Files.readString(folder.resolve("events.csv"));
            var rows = events.chars().filter(letter -> letter == '\n').count() - 1; // whole ones
            return "%,d of 1,000 requests answered; %,d rows lost, %s last row; exit code %d".formatted(answered,
                    3 * answered - rows, events.endsWith("\n") ? "no torn" : "a torn", server.process().exitValue());
        }
    }

    private static String slowClients(SlowClients clients, List<String> command, Path folder)
            throws IOException, InterruptedException {
        try {
            return clients.happens(command, folder).words();
        } catch (SocketException limit) {
            return "not tested: " + limit.getMessage() + "; more files may be open with ulimit -n 30000";
        }
    }

    /** Sends at half of the highest rate for that long; looks at memory, threads and files every ten seconds. */
    static String soak(List<String> command, Path folder, Duration soak)
            throws IOException, InterruptedException {
        var options = command.equals(Bench.OURS) ? List.of("--executor", "pool:64") : List.<String>of();
        var all = Stream.concat(Stream.of("--task-time", "1ms"), options.stream()).toArray(String[]::new);
        try (var server = start(command, folder, all)) {
            long acknowledged = requests(server.url(), 20_000, 0); // warm-up
            var begun = System.nanoTime();
            acknowledged += requests(server.url(), 20_000, 0);
            var apart = (System.nanoTime() - begun) / 20_000 * 2;
            var figures = new ArrayList<String>();
            for (var end = System.nanoTime() + soak.toNanos(); System.nanoTime() < end;) {
                var part =
                        (int) Math.max(1, Math.min(Duration.ofSeconds(10).toNanos(), end - System.nanoTime()) / apart);
                acknowledged += requests(server.url(), part, apart);
                figures.add("%s MB, %s threads, %d files".formatted(
                        Words.number(Math.rint(Proc.residentMegabytes(server.process().pid()).orElse(Double.NaN))),
                        Words.number(Proc.osThreads(server.process().pid()).orElse(Double.NaN)),
                        descriptors(server.process())));
            }
            server.stopWithin(PATIENCE);
            return ("%,.0f requests/s; %,d answered, 40,000 of them to warm up and find that rate; %s; after a "
                    + "tenth of it %s, at the end %s").formatted(1e9 / apart, acknowledged,
                            thrice(folder.resolve("events.csv"), acknowledged), figures.get(figures.size() / 10),
                            figures.getLast());
        }
    }

    /** Sends sync and async requests in turn, {@code apart} ns apart (0: at once); returns how many were answered. */
    private static int requests(URI url, int many, long apart) {
        return Load.raw(url, CONNECTIONS, many, number -> number % 2,
                apart == 0 ? System::nanoTime : Client.moments(1e9 / apart, null), _ -> {});
    }

    /** The command as on a full disk: no file that it writes may have more kilobytes. */
    static List<String> limited(int kilobytes, List<String> command) {
        var shell = List.of("sh", "-c", "ulimit -f %d; exec \"$@\"".formatted(2 * kilobytes), "sh");
        return Stream.concat(shell.stream(), command.stream()).toList();
    }

    // ---- What came of it

    private static long ends(Path lines) throws IOException {
        try (var text = Files.lines(lines)) {
            return text.filter(line -> line.endsWith("sync end")).count();
        }
    }

    /** How many files and sockets a process has open; on Linux alone. */
    static long descriptors(Process process) throws IOException {
        try (var files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return files.count();
        }
    }

    /** Whether each acknowledged request has its three rows once. */
    private static String thrice(Path events, long requests) throws IOException {
        var seen = List.of(new BitSet(), new BitSet(), new BitSet()); // by index
        var rows = 0L;
        try (var text = Files.newBufferedReader(events)) {
            text.readLine();
            for (var line = text.readLine(); line != null; line = text.readLine(), rows++) {
                var comma = line.indexOf(',');
                seen.get(line.charAt(comma + 1) - '0').set(Integer.parseInt(line, 0, comma, 10));
            }
        }
        var whole = seen.stream().allMatch(index -> index.cardinality() == requests) && rows == 3 * requests;
        return whole ? "each has its three rows once"
                : "%,d rows, of which %s are different".formatted(rows,
                        seen.stream().map(index -> "%,d".formatted(index.cardinality())).toList());
    }
}
