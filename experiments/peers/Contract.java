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

    /** Reads {@code --port N --task-time 3000ms --tasks N --events FILE}, each of which may be missing. */
    public Contract(String... args) throws IOException {
        var events = OutputStream.nullOutputStream();
        for (var i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--port" -> port = Integer.parseInt(args[i + 1]);
                case "--task-time" -> taskTime = Duration.ofMillis(Long.parseLong(args[i + 1].replace("ms", "")));
                case "--tasks" -> tasks = Integer.parseInt(args[i + 1]);
                case "--events" -> events = Files.newOutputStream(Path.of(args[i + 1]));
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
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
     * @param asAsync  the query parameter: 0 or missing for sync tasks, any other integer for async ones
     * @param blocking the framework's way to run a blocking task after the answer; its stage ends with the task
     * @param waiting  the framework's way to wait without blocking a thread; its stage ends after that time
     */
    public String leave(String asAsync, Function<Runnable, CompletionStage<?>> blocking, Function<Duration, CompletionStage<?>> waiting) {
        var mode = asAsync == null || new BigInteger(asAsync).signum() == 0 ? "sync" : "async";
        log.put("main thread: %d\n".formatted(Thread.currentThread().threadId()), "");
        begin(new Task(requests.getAndIncrement(), 0, mode, System.nanoTime(), System.nanoTime()), blocking, waiting);
        return "\"ok\"";
    }

    private void begin(Task task, Function<Runnable, CompletionStage<?>> blocking, Function<Duration, CompletionStage<?>> waiting) {
        var handedOver = task.mode.equals("sync") ? blocking.apply(() -> block(task))
                : waiting.apply(taskTime).thenRun(() -> log.end(task, task.queued));
        if (task.index + 1 < tasks) handedOver.thenRun(() -> begin(task.next(), blocking, waiting));
    }

    private void block(Task task) {
        var started = System.nanoTime();
        try {
            Thread.sleep(taskTime);
            log.end(task, started);
        } catch (InterruptedException stopped) { // it leaves no line, for it has not run to its end
            throw new CancellationException("interrupted");
        }
    }

    private record Task(long request, int index, String mode, long received, long queued) {
        Task next() {
            return new Task(request, index + 1, mode, received, System.nanoTime());
        }
    }

    /** Both forms of the log, as in DESIGN: lines on standard output, rows in the events file; one thread writes them. */
    private static final class Log {
        private record Entry(String line, String row) {}

        private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);
        private final Instant anchor = Instant.now();
        private final long anchorNanos = System.nanoTime();
        private final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>();
        private final PrintStream lines = new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 20));
        private final PrintStream rows;

        Log(OutputStream events) {
            rows = new PrintStream(new BufferedOutputStream(events, 1 << 20));
            put("", "request,task,mode,thread,received,queued,started,ended,outcome\n");
            Thread.ofPlatform().daemon().name("log").start(this::write);
        }

        void put(String line, String row) {
            entries.add(new Entry(line, row));
        }

        void end(Task task, long started) {
            var ended = format(System.nanoTime());
            var thread = Thread.currentThread().threadId();
            var moments = LongStream.of(task.received, task.queued, started).mapToObj(nanos -> iso(format(nanos))).collect(Collectors.joining(","));
            put("%s [%d]%d %s end\n".formatted(ended, thread, task.index, task.mode),
                    "%d,%d,%s,%d,%s,%s,ok\n".formatted(task.request, task.index, task.mode, thread, moments, iso(ended)));
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
                batch.forEach(entry -> {
                    lines.print(entry.line);
                    rows.print(entry.row);
                });
                lines.flush();
                rows.flush();
                batch.clear();
            }
        }

        private String format(long nanos) {
            return MOMENT.format(anchor.plusNanos(nanos - anchorNanos));
        }

        private static String iso(String moment) {
            return moment.replace(' ', 'T') + "Z";
        }
    }
}
