///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION A web server that answers immediately and works later, on an executor you choose
//JAVA 25+
//MAIN Server
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
 *                                    └─ row, line ──▶ Writer (a thread per output) ──▶ events file, standard output
 */

import static java.nio.charset.StandardCharsets.UTF_8;

import module java.base;
import module jdk.httpserver;
import picocli.CommandLine;
import picocli.CommandLine.*;
import picocli.CommandLine.Model.*;
import sun.misc.Signal;

class Server implements Callable<Integer> {

    String host;
    int port;
    int tasks; // of a request
    Duration taskTime;
    ExecutorService executor;
    Runnable work; // null: wait
    File events; // null: no file
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

    HttpServer http;
    EventLoop loop = new EventLoop();
    Writer lines = new Writer(new Output("standard output", "lines", new FileOutputStream(FileDescriptor.out)));
    Writer warnings = new Writer(new Output("standard error", "lines", new FileOutputStream(FileDescriptor.err)));
    Writer rows; // null: no events file
    long requests; // that arrived; this field and the next two belong to the event loop's thread
    long open; // tasks promised by an "ok" that have not ended
    boolean stopping;

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT); // the same digits everywhere
        // The JDK's server closes idle connections above 200, resets one after 64 KiB of a body that nobody reads, and
        // waits for the rest of a request for ever; here, half a minute. -D changes that.
        System.getProperties().putIfAbsent("sun.net.httpserver.maxIdleConnections", "1000000");
        System.getProperties().putIfAbsent("sun.net.httpserver.drainAmount", "" + Long.MAX_VALUE);
        System.getProperties().putIfAbsent("sun.net.httpserver.maxReqTime", "30");
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Server().options()).setParameterExceptionHandler((wrong, _) -> {
            var err = wrong.getCommandLine().getErr();
            err.println(wrong.getMessage());
            if (!UnmatchedArgumentException.printSuggestions(wrong, err)) err.println("Try 'server.java --help'.");
            return 2;
        });
    }

    /** Connects the four kinds of thread; this one is the event loop until a signal came and all tasks ended. */
    public Integer call() throws InterruptedException {
        try {
            http = HttpServer.create(new InetSocketAddress(host, port), 16_384); // the JDK's 50 cut off a burst
            rows = events == null ? null : eventsFile(events);
        } catch (IOException e) {
            spec.commandLine().getErr().println(e instanceof SocketException
                    ? "ERROR:    Cannot listen on " + host + ":" + port + " (" + e.getMessage()
                            + "). Choose another --host or --port; --port 0 finds a free port."
                    : "ERROR:    Cannot write the events file: " + e.getMessage() + ".");
            return 1;
        }
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/", new Sockets());
        http.start();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> warn(
                "ERROR:    The thread " + thread.getName() + " died (" + text(failure) + ")."));
        stopOnSignal(); // a signal before this ends the process at once
        var address = (host.contains(":") ? "[" + host + "]" : host) + ":" + http.getAddress().getPort(); // IPv6
        warn("INFO:     Listening on http://" + address + " (Press CTRL+C to quit)");
        if (!http.getAddress().getAddress().isLoopbackAddress())
            warn("WARNING:  Other machines can reach this server, which has no authentication.");
        loop.run();
        executor.shutdown();
        var deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos(); // for all stuck outputs together
        var complete = (rows == null || rows.drain(deadline)) & lines.drain(deadline); // rows leave lines
        warn("INFO:     Finished");
        return complete & warnings.drain(Math.max(deadline, System.nanoTime() + 1_000_000_000)) ? 0 : 1; // to say so
    }

    // ---- 1. Sockets: a request comes in, an answer goes out

    /** Handles each request on a virtual thread. What the answer is, the event loop decides. */
    final class Sockets implements HttpHandler {
        public void handle(HttpExchange exchange) throws IOException {
            var client = exchange.getRemoteAddress();
            var answer = isHttp(exchange) ? route(exchange.getRequestMethod(), exchange.getRequestURI())
                    : new Answer(400, "Bad Request");
            var asked = UNPRINTABLE.matcher(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getProtocol()).replaceAll("?");
            if (asked.length() > 150) asked = asked.substring(0, 150) + "…"; // a million lines may wait
            print("INFO:     " + client.getAddress().getHostAddress() + ":" + client.getPort() + " - \"" + asked
                    + "\" " + answer.status + " " + answer.reason);
            try {
                send(exchange, answer);
            } finally { // only after the answer do the tasks begin, even if the client has hung up
                if (answer.request != null) loop.execute(() -> begin(answer.request, 0));
            }
        }

        /** Error answers read as FastAPI's do; they reach neither the endpoint nor any task. */
        Answer route(String method, URI uri) {
            if (!"/".equals(uri.getPath()) || uri.toString().startsWith("//")) return new Answer(404, "Not Found");
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
            var fields = exchange.getResponseHeaders();
            fields.set("Content-Type", "application/json");
            fields.set("Content-Length", "" + bytes.length); // an answer to HEAD says it, too
            if (answer.status == 405) fields.set("Allow", "GET");
            if (answer.status == 400 || isLast(exchange)) fields.set("Connection", "close");
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
        print("main thread: " + Thread.currentThread().threadId());
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
        if (work == null) loop.at(started + taskTime.toNanos(), () -> end(new Ended(task, started, null)));
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
        log(ended);
        var remaining = tasks - ended.task.index; // this one and those after it
        open -= ended.failure == null ? 1 : remaining;
        if (ended.failure == null && remaining > 1) begin(ended.task.request, ended.task.index + 1);
    }

    /** The first signal lets all tasks end; the second one ends the process at once. */
    void stopOnSignal() {
        var stop = new AtomicBoolean();
        for (var name : List.of("INT", "TERM")) Signal.handle(new Signal(name), signal -> {
            if (stop.getAndSet(true)) Runtime.getRuntime().halt(128 + signal.getNumber());
            loop.execute(() -> {
                stopping = true;
                warn("INFO:     Shutting down, waiting for " + open + " tasks to end (Press CTRL+C to end at once)");
            });
            http.stop(1); // closes the port at once, and each connection when its answer is out or after a second
        });
    }

    /** One thread for all endpoints and async tasks, as uvicorn's: a task that is due queues behind what is ready. */
    final class EventLoop implements Executor {
        record Timer(long due, Runnable step) {}

        final BlockingQueue<Runnable> ready = new LinkedBlockingQueue<>();
        final Queue<Timer> timers = new ArrayDeque<>(); // all delays are equal, so the first to come is the first due

        public void execute(Runnable step) { ready.add(step); } // any thread may call this

        void at(long due, Runnable step) { timers.add(new Timer(due, step)); } // only the loop's own thread

        void run() {
            while (!stopping || open > 0) try {
                var wait = timers.isEmpty() ? Long.MAX_VALUE : timers.peek().due - System.nanoTime();
                if (wait <= 0) ready.add(timers.remove().step);
                var step = ready.poll(wait, TimeUnit.NANOSECONDS);
                if (step != null) step.run(); // else a timer is due
            } catch (Throwable failure) { // no step ends the loop
                warn("ERROR:    A step of the event loop failed (" + text(failure) + ").");
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
            if (name.matches("pool:[1-9]\\d{0,4}")) return new Pool(Integer.parseInt(name.substring(5)));
            return switch (name) {
                // max_workers of concurrent.futures.ThreadPoolExecutor, Python 3.8 to 3.12
                case "default" -> new Pool(Math.min(32, Runtime.getRuntime().availableProcessors() + 4));
                case "cached" -> Executors.newCachedThreadPool();
                case "virtual" -> Executors.newVirtualThreadPerTaskExecutor();
                case "fork-join" -> Executors.newWorkStealingPool();
                default -> Objects.requireNonNull((ExecutorService) instance(name, Supplier.class,
                        "default, pool:N (N from 1 to 99999), cached, virtual, fork-join").get());
            };
        }
    }

    // ---- 4. The writers: what is kept of all this

    void print(String line) { lines.put(() -> line); }

    void warn(String line) { warnings.put(() -> line); }

    /** Writes its row, and only then prints its line: a crash costs no row of a task that was printed. */
    void log(Ended ended) {
        Runnable print = () -> (ended.failure == null ? lines : warnings).put(ended::line);
        if (rows == null) print.run();
        else rows.put(ended::row, print);
    }

    /** The log for programs, in which no row is torn. */
    Writer eventsFile(File file) throws IOException {
        if (file.getAbsoluteFile().getParentFile() instanceof File folder) folder.mkdirs(); // else the next line fails
        var stream = new FileOutputStream(file) {
            @Override
            public void write(byte[] rows) throws IOException {
                var whole = getChannel().position();
                try {
                    super.write(rows);
                } catch (IOException e) { // such as a full disk, which took a part of them
                    getChannel().truncate(whole);
                    throw e;
                }
            }
        };
        stream.write(Ended.COLUMNS.getBytes());
        return new Writer(new Output(file.getPath(), "rows", stream));
    }

    record Output(String name, String things, OutputStream stream) {}

    /** Writes to one output, on a thread of its own: nobody else waits for a disk, a terminal or a pipe. */
    final class Writer {
        static final int MOST = 1_000_000; // entries that wait, some 300 MB; those beyond are counted, not kept

        record Entry(Supplier<String> text, Runnable then) {}

        final Output output;
        final ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), Thread.ofPlatform().daemon().factory());
        final BlockingQueue<Entry> waiting = new LinkedBlockingQueue<>();
        final AtomicBoolean called = new AtomicBoolean(); // a flush that has not begun sees all that waits
        final Semaphore room = new Semaphore(MOST); // an entry takes some until it is written or lost
        final AtomicLong lost = new AtomicLong();
        volatile String last = "none"; // that was written
        volatile IOException broken; // why nothing can be written any more

        Writer(Output output) { this.output = output; }

        void put(Supplier<String> text) { put(text, () -> {}); }

        /** Writes an entry, or counts it as lost, and then takes a step. Any thread may call this. */
        void put(Supplier<String> text, Runnable then) {
            if (room.tryAcquire()) {
                waiting.add(new Entry(text, then));
                if (!called.getAndSet(true)) thread.execute(this::flush);
            } else {
                lose(1);
                then.run();
            }
        }

        /** Writes all that waits, at most a thousand entries at once. */
        void flush() {
            called.set(false);
            for (var batch = new ArrayList<Entry>(); waiting.drainTo(batch, 1_000) > 0; batch.clear()) {
                var texts = batch.stream().map(entry -> entry.text.get()).toList();
                try {
                    if (broken != null) throw broken; // what follows a gap is lost, too
                    output.stream.write((String.join("\n", texts) + "\n").getBytes());
                    last = texts.getLast();
                } catch (IOException e) {
                    broken = e;
                    lose(batch.size());
                }
                for (var entry : batch) entry.then.run();
                room.release(batch.size());
            }
        }

        void lose(int entries) {
            if (lost.getAndAdd(entries) == 0)
                report("from here on, " + output.things + " are lost; the server says at its end how many");
        }

        void report(String loss) {
            var reason = broken == null ? "it takes nothing more" : broken.getMessage();
            warn("ERROR:    Cannot write to " + output.name + " (" + reason + "): " + loss + ".");
        }

        /** Waits until all is written, but not beyond a deadline; whether nothing was lost. */
        boolean drain(long deadline) throws InterruptedException {
            var patience = deadline - System.nanoTime();
            if (room.tryAcquire(MOST, patience, TimeUnit.NANOSECONDS)) room.release(MOST); // who comes late finds room
            else lost.addAndGet(MOST - room.availablePermits());
            if (lost.get() == 0) return true;
            report("%,d %s were lost; the last one written is %s".formatted(lost.get(), output.things, last));
            return false;
        }
    }

    // ---- What travels between the threads

    enum Mode { sync, async }

    record Request(long number, Mode mode, long received) {}

    record Task(Request request, int index, long queued) {}

    record Answer(int status, String reason, String json, Request request) { // no request if it leaves no tasks
        Answer(int status, String reason) { this(status, reason, "{\"detail\":\"" + reason + "\"}", null); }
    }

    record Ended(Task task, long thread, long started, long ended, Throwable failure) {
        static final String COLUMNS = "request,task,mode,thread,received,queued,started,ended,outcome\n";

        Ended(Task task, long started, Throwable failure) {
            this(task, Thread.currentThread().threadId(), started, System.nanoTime(), failure);
        }

        /** For programs. */
        String row() {
            return task.request.number + "," + task.index + "," + task.request.mode + "," + thread + ","
                    + utc(task.request.received) + "," + utc(task.queued) + "," + utc(started) + "," + utc(ended) + ","
                    + (failure == null ? "ok" : failure.getClass().getName());
        }

        /** For people. */
        String line() {
            return failure == null
                    ? moment(ended) + " [" + thread + "]" + task.index + " " + task.request.mode + " end"
                    : "ERROR:    Task " + task.index + " of request " + task.request.number + " failed ("
                            + text(failure) + "); the tasks after it will not run.";
        }
    }

    // ---- HTTP: what the JDK's server lets through and RFC 9110 and 9112 do not; skip it, it says nothing of tasks

    static final Pattern VERSION = Pattern.compile("HTTP/1\\.\\d"), UNPRINTABLE = Pattern.compile("[^ -~]"),
            CONTROL = Pattern.compile("[\\x00-\\x08\\x0a-\\x1f\\x7f]"),
            HOST = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[\\w.~!$&'()*+,;=%-]*)(:\\d{0,5})?");

    /** Whether the request is one of HTTP/1: else the answer is 400, and the connection ends. */
    static boolean isHttp(HttpExchange exchange) {
        var fields = exchange.getRequestHeaders();
        var hosts = fields.getOrDefault("Host", List.of());
        var length = fields.getOrDefault("Content-Length", List.of("0")).getFirst(); // the JDK takes +5, too
        var isOld = exchange.getProtocol().equals("HTTP/1.0");
        return VERSION.matcher(exchange.getProtocol()).matches()
                && exchange.getRequestURI().getRawFragment() == null
                && (hosts.size() == 1 && HOST.matcher(hosts.getFirst()).matches() || hosts.isEmpty() && isOld)
                && Character.isDigit(length.charAt(0))
                && !CONTROL.matcher(fields.values().toString()).find();
    }

    /**
     * Whether the connection ends with this answer: if the client wishes so (the JDK reads only a lone "close"), and
     * after chunks, for the JDK takes what may follow the last one for a request.
     */
    static boolean isLast(HttpExchange exchange) {
        var wishes = exchange.getRequestHeaders().getOrDefault("Connection", List.of());
        return exchange.getRequestHeaders().containsKey("Transfer-Encoding")
                || wishes.toString().toLowerCase().contains("close");
    }

    // ---- The command line

    /** The options, each read into its field. Annotations would cost 0.1 s of reflection at each start. */
    CommandSpec options() {
        spec.name("server.java").version("1.0").usageMessage().sortOptions(false).description(
                "Answers GET /?as_async=N with \"ok\" immediately and leaves background tasks behind: sync ones on "
                        + "the executor (N is 0 or missing), async ones on the event loop (any other integer).");
        option("--host", "HOST", String.class, text -> host = text, "127.0.0.1", "Address to listen on");
        option("--port", "PORT", int.class, text -> port = whole(text, 0, 65_535), "8000", "Port; 0: a free one");
        option("--tasks", "N", int.class, text -> tasks = whole(text, 1, 999_999_999), "3", "Tasks of a request");
        option("--task-time", "TIME", Duration.class, text -> taskTime = duration(text), "3s",
                "How long a task waits: 3s, 250ms, 1m or ISO-8601");
        option("--executor", "NAME", ExecutorService.class, text -> executor = Pool.named(text), "default",
                "Where sync tasks run, one of these",
                "  default      min(32, CPUs + 4) threads, like Python's since 3.8",
                "  pool:N       N threads",
                "  cached       a new thread whenever none is idle",
                "  virtual      a virtual thread for each task",
                "  fork-join    as many threads as CPUs",
                "  class:NAME   a public Supplier<ExecutorService>");
        option("--work", "NAME", Runnable.class,
                text -> work = text.equals("wait") ? null : instance(text, Runnable.class, "wait"), "wait",
                "What a task does: wait for the task time, or run a public Runnable of your own, class:NAME",
                "An async task runs it on the event loop and so BLOCKS the loop: until it returns, no request is "
                        + "answered and no other async task runs.");
        option("--events", "FILE", File.class, text -> events = new File(text), null,
                "Also write a CSV row for each task to this file, which is replaced");
        return spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true)
                .description("Show this help message and exit.").build())
                .addOption(OptionSpec.builder("-V", "--version").versionHelp(true)
                        .description("Print version information and exit.").build());
    }

    void option(String name, String label, Class<?> type, ITypeConverter<?> read, String value, String... help) {
        help[0] += value == null ? "." : " (default: " + value + ").";
        spec.addOption(OptionSpec.builder(name).paramLabel(label).type(type).converters(read).defaultValue(value)
                .description(help).build());
    }

    // ---- Plumbing

    static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS");
    static final LocalDateTime ANCHOR = LocalDateTime.now(ZoneOffset.UTC); // from here, nanoTime counts
    static final long ANCHOR_NANOS = System.nanoTime();

    static String moment(long nanos) { return MOMENT.format(ANCHOR.plusNanos(nanos - ANCHOR_NANOS)); }

    static String utc(long nanos) { return moment(nanos).replace(' ', 'T') + "Z"; }

    /** Sync or async, as FastAPI reads an optional integer: 0 if it is missing, the last one if there are several. */
    static Mode mode(String query) {
        var value = "0";
        for (var parameter : Objects.requireNonNullElse(query, "").split("&")) {
            var parts = (parameter.contains("=") ? parameter : parameter + "=").split("=", 2);
            if (URLDecoder.decode(parts[0], UTF_8).equals("as_async")) value = URLDecoder.decode(parts[1], UTF_8);
        }
        return new BigInteger(value.strip()).signum() == 0 ? Mode.sync : Mode.async;
    }

    static int whole(String text, int least, int most) {
        var number = text.matches("[+-]?\\d{1,9}") ? Integer.parseInt(text) : Integer.MIN_VALUE;
        if (number >= least && number <= most) return number;
        throw new TypeConversionException("'" + text + "' is not a whole number from " + least + " to " + most);
    }

    /** Reads 3s, 250ms, 1m and ISO-8601, which writes PT3S. */
    static Duration duration(String text) {
        try {
            var time = text.endsWith("ms") ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                    : Duration.parse(text.startsWith("P") ? text : "PT" + text);
            if (!time.isNegative() && time.toDays() < 365) return time;
        } catch (DateTimeParseException | NumberFormatException e) { // the message follows
        }
        throw new TypeConversionException(
                "'" + text + "' is not a time from 0s to a year; write 3s, 250ms, 1m or PT3S");
    }

    /** An instance of the user's own class that class:NAME names. */
    static <T> T instance(String name, Class<T> type, String known) {
        var reason = "there is none of that name";
        if (name.startsWith("class:")) try {
            return type.cast(Class.forName(name.substring(6)).getConstructor().newInstance());
        } catch (ClassNotFoundException e) {
            reason = "there is no such class; jbang -s FILE server.java adds it";
        } catch (ClassCastException e) {
            reason = "it is no " + type.getSimpleName();
        } catch (ReflectiveOperationException | LinkageError e) {
            reason = text(e.getCause() == null ? e : e.getCause());
        }
        throw new TypeConversionException(name + ": " + reason + ". Choose one of " + known + ", class:NAME.");
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
