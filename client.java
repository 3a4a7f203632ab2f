///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Sends the server N requests, one after the other or at a rate, and prints each status
//JAVA 25+
//DEPS info.picocli:picocli:4.7.7
//DEPS org.hdrhistogram:HdrHistogram:2.2.2
//DEPS me.tongfei:progressbar:0.10.1

/*
 * Question     How soon does the server answer, and what does it do after that?
 * Expectation  Every status is there immediately; the server's tasks end seconds later.
 * Run it       jbang client.java 1 20
 */

import module java.base;
import module java.net.http;
import me.tongfei.progressbar.ProgressBar;
import org.HdrHistogram.*;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "client.java", mixinStandardHelpOptions = true, version = "1.0", sortOptions = false,
        description = "Sends CALL_COUNT requests GET /?as_async=AS_ASYNC and prints the status of each on a line.")
class Client implements Callable<Integer> {

    @Parameters(paramLabel = "AS_ASYNC", description = "0 for sync tasks, 1 for async ones.")
    int asAsync;
    @Parameters(paramLabel = "CALL_COUNT", description = "Number of requests.")
    int callCount;
    @Option(names = "--url", paramLabel = "URL", defaultValue = "http://localhost:8000",
            description = "The server's address, with or without a path (default: ${DEFAULT-VALUE}).")
    URI url;
    @Option(names = "--concurrency", defaultValue = "1", paramLabel = "N", description = "Requests under way at a "
            + "time; 1 sends them one after the other over one connection (default: ${DEFAULT-VALUE}).")
    int concurrency;
    @Option(names = "--rate", paramLabel = "RATE", description = "Send so many (50/s, 3000/m), answered or not.")
    Double rate; // requests a second
    @Option(names = "--poisson", description = "With --rate: at random moments, as independent users do.")
    boolean poisson;
    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "Seed of --poisson (default: 1).")
    int seed;
    @Option(names = "--summary", description = "Print how long the answers took instead of each status; with --rate "
            + "counted from the moment at which a request was due.")
    boolean summary;
    @Option(names = "--latencies", paramLabel = "FILE", description = "File for the times in ms, an HdrHistogram log.")
    File latencies;
    @Spec
    CommandLine.Model.CommandSpec spec;

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT); // the same digits everywhere
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Client()).setParameterExceptionHandler((wrong, _) -> {
            var err = wrong.getCommandLine().getErr();
            err.println(wrong.getMessage());
            if (!UnmatchedArgumentException.printSuggestions(wrong, err)) err.println("Try 'client.java --help'.");
            return 2;
        }).registerConverter(int.class, Client::whole).registerConverter(URI.class, Client::address)
                .registerConverter(Double.class, Client::rate);
    }

    @Override
    public Integer call() throws InterruptedException {
        var wrong = callCount < 1 ? "CALL_COUNT must be 1 or more, not " + callCount
                : concurrency < 1 ? "--concurrency must be 1 or more, not " + concurrency
                : rate != null && concurrency != 1 ? "--rate waits for no answer, so omit --concurrency"
                : poisson && rate == null ? "--poisson needs a --rate, such as --rate 50/s"
                : !poisson && spec.commandLine().getParseResult().hasMatchedOption("--seed") ? "--seed needs --poisson"
                : null;
        if (wrong != null) throw new ParameterException(spec.commandLine(), wrong);
        var out = spec.commandLine().getOut();
        var took = summary || latencies != null ? new ConcurrentHistogram(3) : null; // nanoseconds, to three digits
        var isTerminal = System.console() != null && System.console().isTerminal();
        try (var log = latencies == null ? null : new PrintStream(latencies);
                var bar = summary && isTerminal ? new ProgressBar("Requests", callCount) : null) {
            var begun = System.nanoTime();
            LongSupplier due = rate == null ? System::nanoTime : moments(rate, poisson ? new Random(seed) : null);
            send(url, asAsync, callCount, rate == null ? concurrency : Integer.MAX_VALUE, due, Duration.ofMinutes(1),
                    (status, time) -> {
                        if (took != null) took.recordValue(time.toNanos());
                        if (bar != null) bar.step();
                        if (!summary) out.println(status);
                    });
            var seconds = (System.nanoTime() - begun) / 1e9;
            if (log != null) write(took, seconds, new HistogramLogWriter(log));
            if (summary) out.printf("%,d answers in %.1f s; p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms%n",
                    callCount, seconds, took.getValueAtPercentile(50) / 1e6,
                    took.getValueAtPercentile(99) / 1e6, took.getValueAtPercentile(99.9) / 1e6,
                    took.getMaxValue() / 1e6);
            if (log != null && log.checkError())
                throw new IOException("--latencies: the file could not be written; is the disk full?");
            return 0;
        } catch (IOException e) {
            var which = e instanceof FileNotFoundException ? "--latencies cannot be written: " : "";
            spec.commandLine().getErr().println(which + e.getMessage());
            return 1;
        }
    }

    /** When requests are due: so many a second from now on, evenly or, given a random source, as a Poisson process. */
    static LongSupplier moments(double perSecond, Random poisson) {
        var next = new AtomicLong(System.nanoTime());
        return () -> next.getAndAdd((long) (1e9 / perSecond * (poisson == null ? 1 : poisson.nextExponential())));
    }

    /**
     * Sends {@code callCount} requests GET url/?as_async=N, each when it is due, at most {@code concurrency} of them
     * under way, and passes on each answer as it comes, from several threads. A latency counts from when a request was
     * due: else a stall would count once and hide the requests that it held up ("coordinated omission", Gil Tene).
     *
     * @param url the server, with or without a path; http://host/base and http://host/base/ are the same
     * @param due tells the next request's moment, as {@link System#nanoTime}
     * @param patience how long an answer may take, its body included
     * @param answers gets each status, and how long after the request was due its answer was whole
     * @throws IOException after the first answer other than 200, none in time, or a broken connection; its message
     *         says which, and how many requests succeeded
     */
    static void send(URI url, int asAsync, int callCount, int concurrency, LongSupplier due, Duration patience,
            BiConsumer<Integer, Duration> answers) throws IOException, InterruptedException {
        var target = URI.create(url + (url.toString().endsWith("/") ? "" : "/") + "?as_async=" + asAsync);
        var request = HttpRequest.newBuilder(target).build(); // its own timeout would not count the body
        var free = new Semaphore(concurrency);
        var succeeded = new AtomicInteger();
        var failure = new AtomicReference<String>();
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var sent = 0; sent < callCount; sent++) {
                free.acquire();
                var moment = due.getAsLong();
                TimeUnit.NANOSECONDS.sleep(moment - System.nanoTime());
                if (failure.get() != null) break;
                callers.execute(() -> {
                    CompletableFuture<HttpResponse<Void>> answer = null;
                    try {
                        answer = http.sendAsync(request, HttpResponse.BodyHandlers.discarding());
                        var status = answer.get(patience.toNanos(), TimeUnit.NANOSECONDS).statusCode();
                        answers.accept(status, Duration.ofNanos(System.nanoTime() - moment));
                        if (status == 200) succeeded.incrementAndGet();
                        else failure.compareAndSet(null, "the answer was %d, not 200.".formatted(status));
                    } catch (Throwable e) { // also an OutOfMemoryError
                        failure.compareAndSet(null, cause(e, url));
                    } finally {
                        if (answer != null) answer.cancel(true); // else http.close() would wait for it
                        free.release();
                    }
                });
            }
        }
        if (failure.get() != null)
            throw new IOException("%s: %s %d of %d requests succeeded."
                    .formatted(target, failure.get(), succeeded.get(), callCount));
    }

    static String cause(Throwable e, URI url) {
        var server = new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort());
        return switch (e) {
            case ConnectException _ when server.isUnresolved() -> "no address is known for that name.";
            case ConnectException _ -> "no server answers at %s on port %d; is it running there?"
                    .formatted(server.getAddress().getHostAddress(), server.getPort());
            case java.util.concurrent.ExecutionException sent -> cause(sent.getCause(), url);
            case TimeoutException _ -> "no whole answer in time; is the server busy or stuck?";
            case IOException _ -> "the connection broke before the answer was whole (%s).".formatted(e.getMessage());
            default -> "the client failed (%s).".formatted(e);
        };
    }

    /** A whole number of up to nine digits; what is allowed of them, each option says. */
    static int whole(String text) {
        if (text.matches("[+-]?\\d{1,9}")) return Integer.parseInt(text);
        throw new TypeConversionException("'" + text + "' is not a whole number of up to nine digits");
    }

    /** Requests a second, of 50/s or 3000/m. */
    static Double rate(String text) {
        if (text.matches("[1-9]\\d{0,6}(/[sm])?"))
            return Double.parseDouble(text.replaceFirst("/.", "")) / (text.endsWith("m") ? 60 : 1);
        throw new TypeConversionException("'" + text + "' is not a rate like 50/s or 3000/m, of at most seven digits");
    }

    /** A log of one interval, in milliseconds, as HdrHistogram's tools read it. */
    static void write(Histogram took, double seconds, HistogramLogWriter log) {
        log.outputLogFormatVersion();
        log.outputStartTime(System.currentTimeMillis() - (long) (seconds * 1e3));
        log.outputLegend();
        log.outputIntervalHistogram(0, seconds, took, 1e6);
    }

    static URI address(String text) {
        try {
            var url = new URI(text);
            if (text.matches("http://[^?#]+") && url.getHost() != null && url.getPort() <= 65_535) return url;
        } catch (URISyntaxException e) { // the message follows
        }
        var hint = text.matches("http://[^/?#]*_.*") ? "; Java takes no host with an underscore: give its IP" : "";
        throw new TypeConversionException(
                "'" + text + "' is not an address like http://localhost:8000 or http://localhost:8000/path" + hint);
    }
}
