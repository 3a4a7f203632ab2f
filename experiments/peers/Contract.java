package peers; // so that a peer whose framework refuses the default package can share it

import module java.base;

/**
 * What every peer on the JVM does alike, so that its own file shows nothing but its framework: reads the options, leaves
 * a request's tasks behind, one after the other, and logs their ends as server.java does.
 */
public final class Contract {

    public int port = 8000;
    private Duration taskTime = Duration.ofSeconds(3);
    private int tasks = 3;
    private final Log log;
    private final AtomicLong requests = new AtomicLong();

    /** Reads {@code --port N --task-time 3s --tasks N --events FILE}, each of which may be missing; ends the program if it cannot. */
    public Contract(String... args) {
        OutputStream events = null;
        try {
            for (var i = 0; i < args.length; i += 2) {
                if (i + 1 == args.length && !args[i].equals("--help")) throw new IllegalArgumentException(args[i] + " needs a value");
                switch (args[i]) {
                    case "--port" -> port = Integer.parseInt(args[i + 1]);
                    case "--task-time" -> taskTime = args[i + 1].endsWith("ms") ? Duration.ofMillis(Long.parseLong(args[i + 1].replace("ms", "")))
                            : Duration.parse("PT" + args[i + 1]);
                    case "--tasks" -> tasks = Integer.parseInt(args[i + 1]);
                    case "--events" -> events = Files.newOutputStream(Path.of(args[i + 1]));
                    case "--help" -> {
                        System.out.println("Options: [--port N] [--task-time 3s] [--tasks N] [--events FILE]");
                        System.exit(0);
                    }
                    default -> throw new IllegalArgumentException("there is no such option");
                }
            }
            if (tasks < 1 || taskTime.isNegative() || port < 0 || port > 65_535)
                throw new IllegalArgumentException("tasks must be 1 or more, a time 0s or more, a port from 0 to 65535");
        } catch (RuntimeException | IOException e) {
            System.err.printf("Cannot read the options %s (%s). There are: [--port N] [--task-time 3s] [--tasks N] [--events FILE]%n",
                    String.join(" ", args), e);
            System.exit(2);
        }
        log = new Log(events);
    }

    /** Tells the lab which framework this is and where it listens. */
    public void listening(String framework, int port) {
        System.err.println("INFO:     %s listens on http://127.0.0.1:%d (Press CTRL+C to quit)".formatted(framework, port)); // in one piece
    }

    /**
     * The endpoint: leaves the request's tasks behind and returns the answer, as JSON.
     *
     * @param asAsync  the query parameter: 0 or missing for sync tasks, any other integer for async ones; anything else is refused
     *                 with an exception, and what its client sees is the framework's affair
     * @param blocking the framework's way to run a blocking task after the answer; its stage ends with the task
     * @param waiting  the framework's way to wait without blocking a thread; its stage ends after that time
     */
    public String leave(String asAsync, Function<Runnable, CompletionStage<?>> blocking, Function<Duration, CompletionStage<?>> waiting) {
        var mode = asAsync == null || new BigInteger(asAsync).signum() == 0 ? "sync" : "async";
        log.put(new Line("main thread: " + Thread.currentThread().threadId() + "\n"));
        begin(new Task(requests.getAndIncrement(), 0, mode, System.nanoTime(), System.nanoTime()), blocking, waiting);
        return "\"ok\"";
    }

    private void begin(Task task, Function<Runnable, CompletionStage<?>> blocking, Function<Duration, CompletionStage<?>> waiting) {
        var handedOver = task.mode.equals("sync") ? blocking.apply(() -> block(task))
                : waiting.apply(taskTime).thenRun(() -> log.put(ended(task, task.queued)));
        if (task.index + 1 < tasks) handedOver.thenRun(() -> begin(task.next(), blocking, waiting));
    }

    private void block(Task task) {
        var started = System.nanoTime();
        try {
            Thread.sleep(taskTime);
            log.put(ended(task, started));
        } catch (InterruptedException stopped) { // it leaves no line, for it has not run to its end
            throw new CancellationException("interrupted");
        }
    }

    private record Task(long request, int index, String mode, long received, long queued) {
        Task next() {
            return new Task(request, index + 1, mode, received, System.nanoTime());
        }
    }

    private static Ended ended(Task task, long started) {
        return new Ended(task, Thread.currentThread().threadId(), started, System.nanoTime());
    }

    private sealed interface Entry { String line(); String row(); }

    private record Line(String line) implements Entry {
        public String row() { return ""; }
    }

    private record Ended(Task task, long thread, long started, long ended) implements Entry {
        public String line() {
            return Log.format(ended) + " [" + thread + "]" + task.index + " " + task.mode + " end\n";
        }

        public String row() {
            var moments = LongStream.of(task.received, task.queued, started, ended)
                    .mapToObj(nanos -> Log.format(nanos).replace(' ', 'T') + "Z").collect(Collectors.joining(","));
            return "%d,%d,%s,%d,%s,ok\n".formatted(task.request, task.index, task.mode, thread, moments);
        }
    }

    /** Both forms of the log, as server.java writes them: lines on standard output, rows in the events file. The thread that writes them makes them. */
    private static final class Log {
        private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);
        private static final Instant ANCHOR = Instant.now();
        private static final long ANCHOR_NANOS = System.nanoTime();

        private final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>();
        private final PrintStream lines = buffered(new FileOutputStream(FileDescriptor.out));
        private final PrintStream rows; // null if nobody asked for them

        Log(OutputStream events) {
            rows = events == null ? null : buffered(events);
            if (rows != null) rows.print("request,task,mode,thread,received,queued,started,ended,outcome\n");
            Thread.ofPlatform().daemon().name("log").start(this::write);
        }

        void put(Entry entry) {
            entries.add(entry);
        }

        private void write() {
            var batch = new ArrayList<Entry>();
            while (true) {
                try {
                    batch.add(entries.take());
                } catch (InterruptedException end) {
                    return;
                }
                entries.drainTo(batch, 1_000);
                lines.print(batch.stream().map(Entry::line).collect(Collectors.joining()));
                lines.flush();
                if (rows != null) {
                    rows.print(batch.stream().map(Entry::row).collect(Collectors.joining()));
                    rows.flush();
                }
                batch.clear();
            }
        }

        private static PrintStream buffered(OutputStream out) {
            return new PrintStream(new BufferedOutputStream(out, 1 << 20));
        }

        private static String format(long nanos) {
            return MOMENT.format(ANCHOR.plusNanos(nanos - ANCHOR_NANOS));
        }
    }
}
