///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION A web server that answers at once and works later, on an executor you choose
//JAVA 25+
//DEPS info.picocli:picocli:4.7.7
//COMPILE_OPTIONS -XDignore.symbol.file

/*
 * Question     How many background tasks does a web server run at once?
 * Expectation  GET /?as_async=0: as many as the executor has threads. GET /?as_async=1: all, on one thread.
 * Run it       jbang server.java, and in another terminal: curl 'http://127.0.0.1:8000/?as_async=0'
 *
 *     socket --(virtual thread: parse)--> endpoint on the event loop --> answer written (virtual thread)
 *                                             | afterwards, for task 0, then 1, then 2:
 *                                             |- async: due on the event loop after the task time
 *                                             `- sync:  handed to the executor; its end comes back to the event loop
 *     every end --> one line, one row --> one writer thread --> standard output, events file
 */

import module java.base;
import module jdk.httpserver;
import picocli.CommandLine;
import picocli.CommandLine.*;
import sun.misc.Signal;

@Command(name = "server.java", mixinStandardHelpOptions = true, version = "1.0", sortOptions = false,
        description = "Answers GET /?as_async=N with \"ok\" at once and leaves background tasks behind: sync ones on the "
                + "executor (N is 0 or missing), async ones on the event loop (any other integer).")
class server implements Callable<Integer> {

    static final int BACKLOG = 16_384; // connections waiting to be accepted; with the JDK's 50 a burst is cut off

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    String host;
    @Option(names = "--port", defaultValue = "8000", description = "Port, 0 for any free one (default: ${DEFAULT-VALUE}).")
    int port;
    @Option(names = "--tasks", defaultValue = "3", description = "Tasks a request leaves behind (default: ${DEFAULT-VALUE}).")
    int tasks;
    @Option(names = "--task-time", defaultValue = "3s", paramLabel = "TIME",
            description = "How long a task waits: 3s, 250ms, 1m or ISO-8601 (default: ${DEFAULT-VALUE}).")
    Duration taskTime;
    @Option(names = "--executor", defaultValue = "default", paramLabel = "NAME", description = {
            "Where sync tasks run (default: ${DEFAULT-VALUE}):",
            "  default      min(32, CPUs + 4) threads, as Python 3.8 to 3.12",
            "  pool:N       N threads",
            "  cached       a new thread whenever none is idle",
            "  virtual      a virtual thread for each task",
            "  fork-join    as many threads as CPUs",
            "  class:NAME   a public Supplier<ExecutorService>"})
    String executorName;
    @Option(names = "--work", defaultValue = "wait", paramLabel = "NAME", description = {"What a task does (default: ${DEFAULT-VALUE}):",
            "  wait         wait for the task time",
            "  class:NAME   run a public Runnable: sync on the executor, async on the event loop, which it blocks"})
    String workName;
    @Option(names = "--events", paramLabel = "FILE", description = "Also write a CSV row for each task; replaces the file.")
    Path events;
    @Spec
    CommandLine.Model.CommandSpec spec;

    ExecutorService executor;
    Runnable work; // null if a task waits
    EventLoop loop;
    Writer writer;
    long requests; // that arrived; this and the next two belong to the event loop's thread
    long open; // tasks promised by an "ok" that have not ended
    boolean stopping;

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT); // the same digits everywhere
        // Of kept-alive connections the JDK's server keeps 200 and closes the others under their clients.
        System.setProperty("sun.net.httpserver.maxIdleConnections", "1000000");
        // Of a body that nobody asked for it reads 64 KiB and then resets the connection, and with it the answer under way.
        System.setProperty("sun.net.httpserver.drainAmount", "" + Long.MAX_VALUE);
        System.exit(new CommandLine(new server()).registerConverter(Duration.class, server::duration).execute(args));
    }

    /** Wires the three kinds of thread together; this one is the event loop until a signal came and all tasks ended. */
    @Override
    public Integer call() throws InterruptedException {
        if (tasks < 1) throw misuse("--tasks must be 1 or more, not " + tasks);
        if (port < 0 || port > 65_535) throw misuse("--port must be between 0 and 65535, not " + port);
        executor = executor(executorName);
        if (!workName.equals("wait")) work = named("--work", workName, Runnable.class, "wait");
        loop = new EventLoop();
        try {
            var http = HttpServer.create(new InetSocketAddress(host, port), BACKLOG);
            writer = new Writer(events);
            http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            http.createContext("/", this::answer);
            stopOnSignal(http);
            http.start();
            say("INFO:     Listening on http://%s:%d (Press CTRL+C to quit)", host, http.getAddress().getPort());
        } catch (SocketException | UnresolvedAddressException e) {
            say("ERROR:    Cannot listen on %s:%d (%s). Choose another --host or --port; --port 0 finds a free port.",
                    host, port, e instanceof SocketException ? e.getMessage() : "unknown host");
            return 1;
        } catch (IOException e) {
            say("ERROR:    Cannot write the events file %s (%s).", events, e);
            return 1;
        }
        loop.run();
        executor.shutdown();
        writer.put(Writer.LAST);
        writer.join();
        say("INFO:     Finished");
        return writer.failed ? 1 : 0;
    }

    // ---- A request: its socket on a virtual thread, its decisions on the event loop

    /** Reads a request, has the event loop decide, answers, and only then lets the request's tasks begin. */
    void answer(HttpExchange exchange) throws IOException {
        var uri = exchange.getRequestURI();
        var client = exchange.getRemoteAddress();
        var answer = route(exchange.getRequestMethod(), uri);
        writer.put(new Line("INFO:     " + client.getAddress().getHostAddress() + ":" + client.getPort() + " - \"" + exchange.getRequestMethod() + " "
                + uri + " " + exchange.getProtocol() + "\" " + answer.status + "\n"));
        try {
            send(exchange, answer);
        } finally { // a client that hung up has asked for the tasks all the same
            if (answer.request != null) loop.execute(() -> begin(answer.request, 0));
        }
    }

    /** Error answers read as FastAPI's do; they reach neither the endpoint nor any task. */
    Answer route(String method, URI uri) {
        if (!"/".equals(uri.getPath())) return new Answer("404 Not Found", detail("\"Not Found\""), null);
        if (!method.equals("GET")) return new Answer("405 Method Not Allowed", detail("\"Method Not Allowed\""), null);
        try {
            var mode = mode(uri.getRawQuery());
            return CompletableFuture.supplyAsync(() -> endpoint(mode), loop).join();
        } catch (IllegalArgumentException notAnInteger) {
            return new Answer("422 Unprocessable Entity", detail("""
                    [{"loc":["query","as_async"],"msg":"value is not a valid integer","type":"type_error.integer"}]"""), null);
        }
    }

    /** The article's endpoint, on the event loop: promises the tasks and begins none of them. */
    Answer endpoint(Mode mode) {
        if (stopping) return new Answer("503 Service Unavailable", detail("\"Shutting down\""), null);
        writer.put(new Line("main thread: " + Thread.currentThread().threadId() + "\n"));
        open += tasks;
        return new Answer("200 OK", "\"ok\"", new Request(requests++, mode, System.nanoTime()));
    }

    static void send(HttpExchange exchange, Answer answer) throws IOException {
        var bytes = answer.json.getBytes();
        var status = Integer.parseInt(answer.status.substring(0, 3));
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (status == 405) exchange.getResponseHeaders().set("Allow", "GET");
        var hasBody = !exchange.getRequestMethod().equals("HEAD");
        if (!hasBody) exchange.getResponseHeaders().set("Content-Length", "" + bytes.length);
        exchange.sendResponseHeaders(status, hasBody ? bytes.length : -1);
        // The answer's body is closed before the request's: else bytes that nobody read could cut the answer off.
        if (!hasBody) return;
        try (var body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }

    // ---- A request's tasks, one after the other, on the event loop

    /** Hands one task of a request over; {@link #end} does the same with the next. */
    void begin(Request request, int index) {
        var task = new Task(request, index, System.nanoTime());
        switch (request.mode) {
            case async -> runAsync(task);
            case sync -> runSync(task);
        }
    }

    /** Waits on the event loop, which does other things meanwhile; work that does not wait for it holds it up. */
    void runAsync(Task task) {
        var started = System.nanoTime();
        if (work == null) loop.later(taskTime, () -> end(ended(task, started, null)));
        else loop.execute(() -> end(run(task)));
    }

    /** Waits on a thread of the executor, which does nothing else meanwhile. */
    void runSync(Task task) {
        try {
            executor.execute(() -> {
                var ended = run(task);
                loop.execute(() -> end(ended));
            });
        } catch (RuntimeException | Error refused) { // it is full or closed, or there is no memory for a thread
            end(ended(task, System.nanoTime(), refused));
        }
    }

    /** What a task does to the thread it is on. */
    Ended run(Task task) {
        var started = System.nanoTime();
        try {
            if (work == null) Thread.sleep(taskTime);
            else work.run();
            return ended(task, started, null);
        } catch (InterruptedException | RuntimeException | Error failure) {
            return ended(task, started, failure);
        }
    }

    /** Logs the end of a task and begins its request's next one, unless it failed. */
    void end(Ended ended) {
        writer.put(ended);
        var request = ended.task.request;
        var rest = tasks - ended.task.index; // this one and those after it
        open -= ended.failure == null ? 1 : rest;
        if (ended.failure != null) say("ERROR:    Task %d of request %d failed (%s); the tasks after it will not run.",
                ended.task.index, request.number, ended.failure);
        else if (rest > 1) begin(request, ended.task.index + 1);
        stopIfDone();
    }

    static Ended ended(Task task, long started, Throwable failure) {
        return new Ended(task, Thread.currentThread().threadId(), started, System.nanoTime(), failure);
    }

    // ---- Stopping: the first signal waits for the tasks, the second one for nothing

    void stopOnSignal(HttpServer http) {
        var stop = new AtomicBoolean();
        for (var name : List.of("INT", "TERM")) {
            Signal.handle(new Signal(name), signal -> {
                if (stop.getAndSet(true)) Runtime.getRuntime().halt(128 + signal.getNumber());
                loop.execute(() -> {
                    stopping = true;
                    say("INFO:     Shutting down, waiting for %d tasks to end (Press CTRL+C to end at once)", open);
                    stopIfDone();
                });
                http.stop(1); // closes the port at once and connections when their answers are out, or after a second
            });
        }
    }

    void stopIfDone() {
        if (stopping && open == 0) loop.running = false;
    }

    // ---- The executors

    ExecutorService executor(String name) {
        return switch (name) {
            // max_workers of concurrent.futures.ThreadPoolExecutor, Python 3.8 to 3.12
            case "default" -> pool(Math.min(32, Runtime.getRuntime().availableProcessors() + 4));
            case "cached" -> Executors.newCachedThreadPool();
            case "virtual" -> Executors.newVirtualThreadPerTaskExecutor();
            case "fork-join" -> Executors.newWorkStealingPool();
            case String n when n.matches("pool:[1-9]\\d{0,4}") -> pool(Integer.parseInt(n.substring(5)));
            default -> {
                var supplier = named("--executor", name, Supplier.class, "default, pool:N (N from 1 to 99999), cached, virtual, fork-join");
                if (supplier.get() instanceof ExecutorService service) yield service;
                throw misuse("--executor %s: it supplies no ExecutorService.".formatted(name));
            }
        };
    }

    /** An instance of the class of one's own that class:NAME names. */
    <T> T named(String option, String name, Class<T> type, String others) {
        try {
            if (!name.startsWith("class:")) throw new ReflectiveOperationException("there is none of that name");
            return type.cast(Class.forName(name.substring(6)).getConstructor().newInstance());
        } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
            throw misuse("%s %s: %s. Known are %s, class:NAME.".formatted(option, name,
                    e instanceof ReflectiveOperationException ? e.getMessage() : e, others));
        }
    }

    /** A pool that gives a task to an idle thread, else to a new one up to {@code size}, else to the first that gets idle. */
    static ExecutorService pool(int size) {
        var queue = new LinkedTransferQueue<Runnable>() {
            @Override
            public boolean offer(Runnable task) {
                return tryTransfer(task); // true only if an idle thread took it; on false the pool tries a new thread
            }
        };
        return new ThreadPoolExecutor(0, size, Long.MAX_VALUE, TimeUnit.NANOSECONDS, queue, (task, _) -> queue.put(task));
    }

    /** One thread that runs every endpoint and every async task, as uvicorn's does: what is due first, then what is ready. */
    static final class EventLoop implements Executor {
        record Timer(long due, Runnable step) {}

        final Thread thread = Thread.currentThread();
        final Queue<Runnable> ready = new ConcurrentLinkedQueue<>();
        final Queue<Timer> timers = new ArrayDeque<>(); // all delays are equal, so the first to come is the first due
        boolean running = true;

        @Override
        public void execute(Runnable step) {
            ready.add(step);
            LockSupport.unpark(thread);
        }

        void later(Duration delay, Runnable step) {
            timers.add(new Timer(System.nanoTime() + delay.toNanos(), step));
        }

        void run() {
            while (running) {
                var wait = timers.isEmpty() ? Long.MAX_VALUE : timers.peek().due - System.nanoTime();
                var step = wait <= 0 ? timers.remove().step : ready.poll();
                if (step == null) LockSupport.parkNanos(wait);
                else step.run();
            }
        }
    }

    // ---- What travels between the threads

    enum Mode { sync, async }

    record Request(long number, Mode mode, long received) {}

    record Task(Request request, int index, long queued) {}

    record Answer(String status, String json, Request request) {} // no request if it leaves no tasks

    sealed interface Entry { String line(); String row(); }

    record Line(String line) implements Entry {
        public String row() { return ""; }
    }

    record Ended(Task task, long thread, long started, long ended, Throwable failure) implements Entry {
        public String line() {
            return failure != null ? "" : Writer.format(ended) + " [" + thread + "]" + task.index + " " + task.request.mode + " end\n";
        }

        public String row() {
            var moments = LongStream.of(task.request.received, task.queued, started, ended)
                    .mapToObj(nanos -> Writer.format(nanos).replace(' ', 'T') + "Z").collect(Collectors.joining(","));
            return "%d,%d,%s,%d,%s,%s\n".formatted(task.request.number, task.index, task.request.mode, thread,
                    moments, failure == null ? "ok" : failure.getClass().getName());
        }
    }

    /** The one thread that prints, so that no other waits for a terminal or a disk. It writes whole lines at a time. */
    static final class Writer extends Thread {
        static final Entry LAST = new Line("");
        static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);
        static final Instant ANCHOR = Instant.now(); // the wall clock, asked once; from here the monotonic one counts
        static final long ANCHOR_NANOS = System.nanoTime();

        final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>();
        final PrintStream lines = buffered(new FileOutputStream(FileDescriptor.out));
        final PrintStream rows; // null if nobody asked for them: a row costs more than its line
        boolean failed;

        Writer(Path events) throws IOException {
            rows = events == null ? null : buffered(Files.newOutputStream(events));
            if (rows != null) {
                rows.print("request,task,mode,thread,received,queued,started,ended,outcome\n");
                rows.flush();
            }
            start();
        }

        void put(Entry entry) {
            entries.add(entry);
        }

        @Override
        public void run() {
            var batch = new ArrayList<Entry>();
            while (!batch.contains(LAST)) {
                batch.clear();
                try {
                    batch.add(entries.take());
                } catch (InterruptedException end) {
                    batch.add(LAST);
                }
                entries.drainTo(batch, 1_000);
                lines.print(batch.stream().map(Entry::line).collect(Collectors.joining())); // one call of print costs more than a line
                if (rows != null) rows.print(batch.stream().map(Entry::row).collect(Collectors.joining()));
                var broken = lines.checkError() | (rows != null && rows.checkError()); // which also flush
                if (broken && !failed) say("ERROR:    Cannot write to standard output or the events file any more.");
                failed |= broken;
            }
        }

        static PrintStream buffered(OutputStream out) {
            return new PrintStream(new BufferedOutputStream(out, 1 << 20)); // more than a thousand lines
        }

        static String format(long nanos) {
            return MOMENT.format(ANCHOR.plusNanos(nanos - ANCHOR_NANOS));
        }
    }

    // ---- Small things

    /** Sync or async, as FastAPI reads an optional integer: 0 if it is missing, the last one if there are several. */
    static Mode mode(String query) {
        var value = "0";
        for (var parameter : Objects.requireNonNullElse(query, "").split("&")) {
            var parts = (parameter + "=").split("=", 3);
            if (parts[0].equals("as_async")) value = URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
        }
        return new BigInteger(value.strip()).signum() == 0 ? Mode.sync : Mode.async;
    }

    /** Reads 3s, 250ms, 1m and ISO-8601, which writes PT3S. */
    static Duration duration(String text) {
        try {
            var time = text.endsWith("ms") ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                    : Duration.parse(text.startsWith("P") ? text : "PT" + text);
            if (!time.isNegative() && time.toDays() < 365) return time;
        } catch (DateTimeParseException | NumberFormatException e) { // said below
        }
        throw new TypeConversionException("'" + text + "' is no time from 0s to a year; write 3s, 250ms, 1m or PT3S");
    }

    static String detail(String json) {
        return "{\"detail\":" + json + "}";
    }

    static void say(String message, Object... values) {
        System.err.println(message.formatted(values));
    }

    ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
