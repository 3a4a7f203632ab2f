///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION A web server that answers at once and works later, on an executor you choose
//JAVA 25+
//DEPS info.picocli:picocli:4.7.7
//COMPILE_OPTIONS -XDignore.symbol.file

/*
 * Question     How many background tasks does a web server run concurrently?
 * Expectation  GET /?as_async=0: as many as the executor has threads. GET /?as_async=1: all, on one thread.
 * Run it       jbang server.java, and in another terminal: curl 'http://127.0.0.1:8000/?as_async=0'
 *
 *     Sockets (virtual threads)      EventLoop (one thread: decisions, time)        Pool (threads that may block)
 *
 *     parse the request ───────────▶ endpoint: promises the tasks
 *     write the answer ◀─────────────┘
 *     └────────────────────────────▶ begin task 0; after its end task 1, then 2:
 *                                    ├─ async: due here after the task time
 *                                    └─ sync:  submitted to the executor ─────────▶ wait for the task time
 *                                    end ◀──────────────────────────────────────────┘
 *                                    └─ row, line ──▶ Writer (one thread) ──▶ events file, standard output
 */

import static java.nio.charset.StandardCharsets.UTF_8;

import module java.base;
import module jdk.httpserver;
import picocli.CommandLine;
import picocli.CommandLine.*;
import sun.misc.Signal;

@Command(name = "server.java", mixinStandardHelpOptions = true, version = "1.0", sortOptions = false,
        description = "Answers GET /?as_async=N with \"ok\" at once and leaves background tasks behind: sync ones on "
                + "the executor (N is 0 or missing), async ones on the event loop (any other integer).")
class Server implements Callable<Integer> {

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address (default: ${DEFAULT-VALUE}).")
    String host;
    @Option(names = "--port", defaultValue = "8000", description = "Port; 0: a free one (default: ${DEFAULT-VALUE}).")
    int port;
    @Option(names = "--tasks", defaultValue = "3", description = "Tasks of a request (default: ${DEFAULT-VALUE}).")
    int tasks;
    @Option(names = "--task-time", defaultValue = "3s", paramLabel = "TIME",
            description = "How long a task waits: 3s, 250ms, 1m or ISO-8601 (default: ${DEFAULT-VALUE}).")
    Duration taskTime;
    @Option(names = "--executor", defaultValue = "default", paramLabel = "NAME", description = {
            "Where sync tasks run (default: ${DEFAULT-VALUE}):",
            "  default      min(32, CPUs + 4) threads, as Python 3.8",
            "  pool:N       N threads",
            "  cached       a new thread whenever none is idle",
            "  virtual      a virtual thread for each task",
            "  fork-join    as many threads as CPUs",
            "  class:NAME   a public Supplier<ExecutorService>"})
    ExecutorService executor;
    @Option(names = "--work", defaultValue = "wait", paramLabel = "NAME",
            description = "What a task does (default: ${DEFAULT-VALUE}): wait for the task time, or run class:NAME, a "
                    + "public Runnable of your own. Async tasks run it on the event loop and so BLOCK it: until it "
                    + "returns, no request is answered and no other async task runs.")
    Runnable work; // null: wait
    @Option(names = "--events", paramLabel = "FILE", description = "Also write a CSV row for each task to this file.")
    File events;
    @Spec
    CommandLine.Model.CommandSpec spec;

    HttpServer http;
    EventLoop loop = new EventLoop();
    Writer writer;
    long requests; // that arrived; this field and the next two belong to the event loop's thread
    long open; // tasks promised by an "ok" that have not ended
    boolean stopping;

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT); // the same digits everywhere
        // The JDK's server closes idle connections above 200, and resets one after 64 KiB of a body that nobody reads.
        System.setProperty("sun.net.httpserver.maxIdleConnections", "1000000");
        System.setProperty("sun.net.httpserver.drainAmount", "" + Long.MAX_VALUE);
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Server()).registerConverter(Duration.class, Server::duration)
                .registerConverter(ExecutorService.class, Pool::named).registerConverter(Runnable.class, Server::work);
    }

    /** Connects the four kinds of thread; this one is the event loop until a signal came and all tasks ended. */
    public Integer call() throws InterruptedException {
        if (tasks < 1) throw new ParameterException(spec.commandLine(), "--tasks must be 1 or more, not " + tasks);
        if (port < 0 || port > 65_535)
            throw new ParameterException(spec.commandLine(), "--port must be between 0 and 65535, not " + port);
        var err = spec.commandLine().getErr(); // before and after the event loop; in between, only the writer prints
        try {
            http = HttpServer.create(new InetSocketAddress(host, port), 16_384); // the JDK's 50 cut off a burst
            writer = new Writer(events);
        } catch (IOException e) {
            err.println(e instanceof SocketException
                    ? "ERROR:    Cannot listen on " + host + ":" + port + " (" + e.getMessage()
                            + "). Choose another --host or --port; --port 0 finds a free port."
                    : "ERROR:    Cannot write the events file: " + e.getMessage() + ".");
            return 1;
        }
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/", new Sockets());
        http.start();
        stopOnSignal(); // a signal before this ends the process at once
        err.println("INFO:     Listening on http://" + host + ":" + http.getAddress().getPort()
                + " (Press CTRL+C to quit)");
        loop.run();
        executor.shutdown();
        writer.close();
        err.println("INFO:     Finished");
        return writer.complete ? 0 : 1;
    }

    // ---- 1. Sockets: a request comes in, an answer goes out

    /** Handles each request on a virtual thread. What the answer is, the event loop decides. */
    final class Sockets implements HttpHandler {

        public void handle(HttpExchange exchange) throws IOException {
            var client = exchange.getRemoteAddress();
            var answer = route(exchange.getRequestMethod(), exchange.getRequestURI());
            writer.put(new Line("INFO:     " + client.getAddress().getHostAddress() + ":" + client.getPort()
                    + " - \"" + exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getProtocol() + "\" " + answer.status + " " + answer.reason));
            try {
                send(exchange, answer);
            } finally { // only after the answer do the tasks begin, even if the client has hung up
                if (answer.request != null) loop.execute(() -> begin(answer.request, 0));
            }
        }

        /** Error answers read as FastAPI's do; they reach neither the endpoint nor any task. */
        Answer route(String method, URI uri) {
            if (!"/".equals(uri.getPath())) return new Answer(404, "Not Found");
            if (!method.equals("GET")) return new Answer(405, "Method Not Allowed");
            try {
                var mode = mode(uri.getRawQuery());
                return CompletableFuture.supplyAsync(() -> endpoint(mode), loop).join();
            } catch (IllegalArgumentException notAnInteger) {
                return new Answer(422, "Unprocessable Entity", """
                        {"detail":[{"loc":["query","as_async"],"msg":"value is not a valid integer",\
                        "type":"type_error.integer"}]}""", null);
            }
        }

        void send(HttpExchange exchange, Answer answer) throws IOException {
            var bytes = answer.json.getBytes();
            var hasBody = !exchange.getRequestMethod().equals("HEAD");
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            if (answer.status == 405) exchange.getResponseHeaders().set("Allow", "GET");
            if (!hasBody) exchange.getResponseHeaders().set("Content-Length", "" + bytes.length);
            exchange.sendResponseHeaders(answer.status, hasBody ? bytes.length : -1);
            // The answer's body is closed before the request's: else bytes that nobody read could cut the answer off.
            if (hasBody) try (var body = exchange.getResponseBody()) {
                body.write(bytes);
            }
        }
    }

    // ---- 2. The event loop: the endpoint, each task's begin and end

    /** The article's endpoint: promises the tasks and begins none of them. */
    Answer endpoint(Mode mode) {
        if (stopping) return new Answer(503, "Service Unavailable", "{\"detail\":\"Shutting down\"}", null);
        writer.put(new Line("main thread: " + Thread.currentThread().threadId()));
        open += tasks;
        return new Answer(200, "OK", "\"ok\"", new Request(requests++, mode, System.nanoTime()));
    }

    /** Begins one task of a request; {@link #end} begins the next. */
    void begin(Request request, int index) {
        var task = new Task(request, index, System.nanoTime());
        if (request.mode == Mode.async) runAsync(task);
        else runSync(task);
    }

    /** Waits on the event loop, which does other things meanwhile. Work of the user's own blocks it. */
    void runAsync(Task task) {
        var started = System.nanoTime();
        if (work == null) loop.later(taskTime, () -> end(new Ended(task, started, null)));
        else loop.execute(() -> end(run(task)));
    }

    /** Waits on a thread of the executor, which does nothing else meanwhile. */
    void runSync(Task task) {
        try {
            executor.execute(() -> {
                var ended = run(task);
                if (executor instanceof Pool pool) pool.idle(); // before the loop submits the next task
                loop.execute(() -> end(ended));
            });
        } catch (Throwable refused) { // the executor is full or closed, or there is no memory for a thread
            end(new Ended(task, System.nanoTime(), refused));
        }
    }

    /** What a task does to the thread it is on. Whatever it throws, declared or not, is its outcome. */
    Ended run(Task task) {
        var started = System.nanoTime();
        try {
            if (work == null) Thread.sleep(taskTime);
            else work.run();
            return new Ended(task, started, null);
        } catch (Throwable failure) {
            return new Ended(task, started, failure);
        } finally {
            Thread.interrupted(); // an interrupt ends with the task that it was meant for
        }
    }

    /** Logs the end of a task and begins its request's next one, unless it failed. */
    void end(Ended ended) {
        writer.put(ended);
        var remaining = tasks - ended.task.index; // this one and those after it
        open -= ended.failure == null ? 1 : remaining;
        if (ended.failure == null && remaining > 1) begin(ended.task.request, ended.task.index + 1);
        loop.running = !stopping || open > 0;
    }

    /** The first signal lets all tasks end; the second one ends the process at once. */
    void stopOnSignal() {
        var stop = new AtomicBoolean();
        for (var name : List.of("INT", "TERM")) Signal.handle(new Signal(name), signal -> {
            if (stop.getAndSet(true)) Runtime.getRuntime().halt(128 + signal.getNumber());
            loop.execute(() -> {
                stopping = true;
                writer.put(new Warning("INFO:     Shutting down, waiting for " + open + " tasks to end"
                        + " (Press CTRL+C to end at once)"));
                loop.running = open > 0;
            });
            http.stop(1); // closes the port at once, and each connection when its answer is out or after a second
        });
    }

    /** One thread for all endpoints and async tasks, as uvicorn's: what is due comes first, then what is ready. */
    final class EventLoop implements Executor {
        record Timer(long due, Runnable step) {}

        final Queue<Runnable> ready = new ConcurrentLinkedQueue<>();
        final Queue<Timer> timers = new ArrayDeque<>(); // all delays are equal, so the first to come is the first due
        volatile Thread thread;
        boolean running = true;

        public void execute(Runnable step) { // any thread may call this
            ready.add(step);
            LockSupport.unpark(thread);
        }

        void later(Duration delay, Runnable step) { // only the loop's own thread
            timers.add(new Timer(System.nanoTime() + delay.toNanos(), step));
        }

        void run() {
            thread = Thread.currentThread();
            while (running) {
                var wait = timers.isEmpty() ? Long.MAX_VALUE : timers.peek().due - System.nanoTime();
                var step = wait <= 0 ? timers.remove().step : ready.poll();
                try {
                    if (step == null) LockSupport.parkNanos(this, wait);
                    else step.run();
                } catch (Throwable failure) { // no step ends the loop
                    writer.put(new Warning("ERROR:    A step of the event loop failed (" + text(failure) + ")."));
                }
            }
        }
    }

    // ---- 3. The executor: where sync tasks run

    /**
     * Starts tasks FIFO; makes a new thread only if none is idle. A thread is idle as soon as its task calls
     * {@link #idle}: the end of a task lets the loop submit the next one while the thread is still on its way back.
     */
    static final class Pool extends ThreadPoolExecutor {
        private final AtomicInteger unfinished = new AtomicInteger(); // tasks submitted that have not called idle()

        Pool(int size) { super(size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()); }

        @Override
        public void execute(Runnable task) { // only one thread may submit: the event loop
            if (unfinished.get() >= getPoolSize()) prestartCoreThread(); // makes none above the size
            unfinished.incrementAndGet();
            getQueue().add(task);
        }

        void idle() { unfinished.decrementAndGet(); } // a task's last word before it reports its end

        /** The executor that the user chose, a pool like this or another. */
        static ExecutorService named(String name) {
            return switch (name) {
                // max_workers of concurrent.futures.ThreadPoolExecutor, Python 3.8 to 3.12
                case "default" -> new Pool(Math.min(32, Runtime.getRuntime().availableProcessors() + 4));
                case "cached" -> Executors.newCachedThreadPool();
                case "virtual" -> Executors.newVirtualThreadPerTaskExecutor();
                case "fork-join" -> Executors.newWorkStealingPool();
                case String n when n.matches("pool:[1-9]\\d{0,4}") -> new Pool(Integer.parseInt(n.substring(5)));
                default -> Objects.requireNonNull((ExecutorService) instance(name, Supplier.class,
                        "default, pool:N (N from 1 to 99999), cached, virtual, fork-join").get());
            };
        }
    }

    // ---- 4. The writer: what is kept of all this

    /** The one thread that writes and prints, so that no other waits for a disk, a terminal or a pipe. */
    static final class Writer {
        record Output(String name, OutputStream stream, StringBuilder text) {}

        static final String COLUMNS = "request,task,mode,thread,received,queued,started,ended,outcome\n";
        static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS");
        static final LocalDateTime ANCHOR = LocalDateTime.now(ZoneOffset.UTC); // from here, nanoTime counts
        static final long ANCHOR_NANOS = System.nanoTime();

        final StringBuilder rows = new StringBuilder(), lines = new StringBuilder(), warnings = new StringBuilder();
        final List<Output> outputs = new ArrayList<>(); // rows first: a crash costs none whose line was printed
        final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
        final ExecutorService thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, waiting,
                task -> new Thread(task, "writer"), new ThreadPoolExecutor.DiscardPolicy()); // after close()
        final File events; // null: none
        boolean complete = true; // until an output is lost

        Writer(File events) throws IOException {
            this.events = events;
            if (events != null) {
                Files.createDirectories(events.getAbsoluteFile().toPath().getParent());
                outputs.add(new Output("the events file", new FileOutputStream(events), rows));
                outputs.getFirst().stream.write(COLUMNS.getBytes());
            }
            outputs.add(new Output("standard output", new FileOutputStream(FileDescriptor.out), lines));
            outputs.add(new Output("standard error", System.err, warnings));
        }

        void put(Entry entry) { // any thread may call this
            thread.execute(() -> {
                add(entry);
                if (waiting.isEmpty() || rows.length() + lines.length() + warnings.length() > 100_000) flush();
            });
        }

        void add(Entry entry) {
            switch (entry) {
                case Line(var text) -> lines.append(text).append('\n');
                case Warning(var text) -> warnings.append(text).append('\n');
                case Ended(var task, var thread, var started, var ended, var failure) -> {
                    if (events != null) { // a row costs more than its line
                        rows.append(task.request.number + "," + task.index + "," + task.request.mode + "," + thread);
                        for (var nanos : List.of(task.request.received, task.queued, started, ended))
                            rows.append("," + moment(nanos).replace(' ', 'T') + "Z");
                        rows.append("," + (failure == null ? "ok" : failure.getClass().getName()) + "\n");
                    }
                    if (failure == null) lines.append(
                            moment(ended) + " [" + thread + "]" + task.index + " " + task.request.mode + " end\n");
                    else warnings.append("ERROR:    Task " + task.index + " of request " + task.request.number
                            + " failed (" + text(failure) + "); the tasks after it will not run.\n");
                }
            }
        }

        void flush() {
            outputs.removeIf(output -> !write(output));
            for (var text : List.of(rows, lines, warnings)) text.setLength(0);
        }

        boolean write(Output output) {
            try {
                output.stream.write(output.text.toString().getBytes());
                output.stream.flush();
                return true;
            } catch (IOException e) {
                System.err.println("ERROR:    Cannot write to " + output.name + " any more (" + e.getMessage() + ").");
                return complete = false;
            }
        }

        void close() { thread.close(); } // waits until all is written

        static String moment(long nanos) { return MOMENT.format(ANCHOR.plusNanos(nanos - ANCHOR_NANOS)); }
    }

    // ---- What travels between the threads

    enum Mode { sync, async }

    record Request(long number, Mode mode, long received) {}

    record Task(Request request, int index, long queued) {}

    record Answer(int status, String reason, String json, Request request) { // no request if it leaves no tasks
        Answer(int status, String reason) { this(status, reason, "{\"detail\":\"" + reason + "\"}", null); }
    }

    sealed interface Entry {}

    record Line(String text) implements Entry {} // to standard output

    record Warning(String text) implements Entry {} // to standard error

    record Ended(Task task, long thread, long started, long ended, Throwable failure) implements Entry {
        Ended(Task task, long started, Throwable failure) {
            this(task, Thread.currentThread().threadId(), started, System.nanoTime(), failure);
        }
    }

    // ---- Plumbing

    /** Sync or async, as FastAPI reads an optional integer: 0 if it is missing, the last one if there are several. */
    static Mode mode(String query) {
        var value = "0";
        for (var parameter : Objects.requireNonNullElse(query, "").split("&")) {
            var parts = (parameter.contains("=") ? parameter : parameter + "=").split("=", 2);
            if (URLDecoder.decode(parts[0], UTF_8).equals("as_async")) value = URLDecoder.decode(parts[1], UTF_8);
        }
        return new BigInteger(value.strip()).signum() == 0 ? Mode.sync : Mode.async;
    }

    /** Reads 3s, 250ms, 1m and ISO-8601, which writes PT3S. */
    static Duration duration(String text) {
        try {
            var time = text.endsWith("ms") ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                    : Duration.parse(text.startsWith("P") ? text : "PT" + text);
            if (!time.isNegative() && time.toDays() < 365) return time;
        } catch (DateTimeParseException | NumberFormatException e) { // the message follows
        }
        throw new TypeConversionException("'" + text + "' is no time from 0s to a year; write 3s, 250ms, 1m or PT3S");
    }

    static Runnable work(String name) { return name.equals("wait") ? null : instance(name, Runnable.class, "wait"); }

    /** An instance of the user's own class that class:NAME names. */
    static <T> T instance(String name, Class<T> type, String known) {
        try {
            if (!name.startsWith("class:")) throw new ClassNotFoundException();
            return type.cast(Class.forName(name.substring(6)).getConstructor().newInstance());
        } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
            var reason = e instanceof ClassNotFoundException ? "there is none of that name"
                    : text(e.getCause() == null ? e : e.getCause());
            throw new TypeConversionException(name + ": " + reason + ". Known are " + known + ", class:NAME.");
        }
    }

    /** Its own text, or its class if it fails even in that. */
    static String text(Throwable failure) {
        try {
            return failure.toString();
        } catch (Throwable another) {
            return failure.getClass().getName();
        }
    }
}
