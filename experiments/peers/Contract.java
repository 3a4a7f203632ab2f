package peers; // so that a peer whose framework refuses the default package can share it

import module java.base;

/**
 * What every peer on the JVM does alike, so that its own file shows its framework and nothing else: it reads the
 * options, says which peer this is, runs a request's tasks one after the other, and logs as server.java does.
 */
public final class Contract {

    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'");
    private static final LocalDateTime ANCHOR = LocalDateTime.now(ZoneOffset.UTC); // then the monotonic clock counts
    private static final long ANCHOR_NANOS = System.nanoTime();

    /** Where to listen; 0 for any free port. */
    public final int port;
    private final Duration taskTime;
    private final int tasks;
    private final PrintStream rows; // null if nobody asked for them
    private final PrintStream lines = new PrintStream(new BufferedOutputStream(System.out));
    private final BlockingQueue<Runnable> prints = new LinkedBlockingQueue<>();
    private final Executor writer = // the one thread that prints, so that no other waits for a terminal or a disk
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, prints, Thread.ofPlatform().daemon().factory());
    private final AtomicLong requests = new AtomicLong();
    private final String about;

    /**
     * Reads the options; ends the program with a line that says why if they cannot be used.
     *
     * @param peer      the framework and its way to run a task after the answer
     * @param plateau   by its documentation, how many sync tasks run concurrently on 8 CPUs; null if there is no limit
     * @param decidedBy the formula, and the property that changes it
     */
    public Contract(String[] args, String peer, Integer plateau, String decidedBy) {
        about = """
                {"peer":"%s","software":"%%s","plateau":%s,"decidedBy":"%s"}""".formatted(peer, plateau, decidedBy);
        var options = new HashMap<>(Map.of("--port", "8000", "--task-time", "3s", "--tasks", "3", "--events", ""));
        if (List.of(args).contains("--help")) {
            System.out.println("Options: [--port N] [--task-time 3s] [--tasks N] [--events FILE]");
            System.exit(0);
        }
        try {
            for (var i = 0; i < args.length; i += 2) {
                if (i + 1 == args.length) throw new IOException(args[i] + " needs a value");
                if (options.replace(args[i], args[i + 1]) == null) throw new IOException("there is no " + args[i]);
            }
            port = Integer.parseInt(options.get("--port"));
            tasks = Integer.parseInt(options.get("--tasks"));
            var time = options.get("--task-time");
            taskTime = time.endsWith("ms") ? Duration.ofMillis(Long.parseLong(time.replace("ms", "")))
                    : Duration.parse("PT" + time);
            if (tasks < 1 || taskTime.isNegative()) throw new IOException("--tasks or --task-time is too small");
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close(); // is the port free?
            rows = options.get("--events").isEmpty() ? null : new PrintStream(options.get("--events"));
        } catch (RuntimeException | IOException e) {
            System.err.printf("Cannot use %s (%s), see --help%n", String.join(" ", args), e.getMessage());
            System.exit(e instanceof BindException ? 1 : 2);
            throw new AssertionError("never");
        }
        if (rows != null) rows.print("request,task,mode,thread,received,queued,started,ended,outcome\n");
    }

    /** Tells the lab and the reader which software this is, and where it listens. */
    public void listening(String software, int port) {
        System.err.print("ABOUT:    %s\nINFO:     %s listens on http://127.0.0.1:%d (Press CTRL+C to quit)\n"
                .formatted(about.formatted(software), software, port)); // in one piece
    }

    /** A task of a request. */
    public record Task(long request, int index, String mode, long received) {}

    /** The endpoint; returns the first task, sync if the parameter is 0 or missing, async for any other integer. */
    public Task accept(BigInteger asAsync) {
        var thread = Thread.currentThread().threadId();
        writer.execute(() -> print("main thread: " + thread));
        return new Task(requests.getAndIncrement(), 0, asAsync.signum() == 0 ? "sync" : "async", System.nanoTime());
    }

    /**
     * Begins a task, and the next one when it has ended. Call it when the answer was written or its client is gone.
     *
     * @param blocking the framework's way to run a blocking task after the answer; its stage ends with the task
     * @param waiting  the framework's way to wait without blocking a thread; its stage ends after that time
     */
    public void begin(Task task, Function<Runnable, CompletionStage<?>> blocking,
            Function<Duration, CompletionStage<?>> waiting) {
        var queued = System.nanoTime();
        var ended = task.mode.equals("sync") ? blocking.apply(() -> block(task, queued))
                : waiting.apply(taskTime).thenRun(() -> log(task, queued, queued));
        var next = new Task(task.request, task.index + 1, task.mode, task.received);
        if (next.index < tasks) ended.thenRun(() -> begin(next, blocking, waiting));
    }

    private void block(Task task, long queued) {
        var started = System.nanoTime();
        try {
            Thread.sleep(taskTime);
        } catch (InterruptedException stopped) { // then it has not run to its end, and none comes after it
            throw new CancellationException();
        }
        log(task, queued, started);
    }

    private void log(Task task, long queued, long started) {
        var thread = Thread.currentThread().threadId();
        var ended = System.nanoTime();
        writer.execute(() -> {
            if (rows != null) rows.print("%d,%d,%s,%d,%s,%s,%s,%s,ok\n".formatted(task.request, task.index, task.mode,
                    thread, moment(task.received), moment(queued), moment(started), moment(ended)));
            var moment = moment(ended).replace('T', ' ').replace("Z", "");
            print(moment + " [" + thread + "]" + task.index + " " + task.mode + " end");
        });
    }

    private void print(String line) {
        lines.print(line + "\n");
        if (prints.isEmpty()) lines.flush();
    }

    private static String moment(long nanos) {
        return MOMENT.format(ANCHOR.plusNanos(nanos - ANCHOR_NANOS));
    }
}
