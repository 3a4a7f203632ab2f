import module java.base;
import module java.net.http;

/**
 * Which requests are sent, when, by whom.
 *
 * @param description the command or sentence that says so
 * @param requests    how many leave tasks; 0 if only the sender knows
 * @param rows        of the events file, for which the lab waits before it stops the server; 0 if answers say enough
 */
record Load(String description, int requests, int rows, Sender sender) {

    /** Sends requests to a server; it may note figures by a name with a unit. */
    interface Sender {
        void send(URI url, Map<String, Double> figures) throws Exception;
    }

    static final String ANSWERS = "answers", SLOWEST = "slowest answer [ms]";

    private static final int WARM_UP = 50; // requests that leave no task, so that both programs have loaded their code
    private static final int FLOOD = 64; // connections

    /** Requests that a lesson sends itself. */
    Load(String description, Sender sender) {
        this(description, 0, 0, sender);
    }

    /** The article's client: one request after the other, over one connection. */
    static Load sequential(Server.Mode mode, int requests) {
        return concurrent(mode, requests, 1);
    }

    /** The article's client with --concurrency: so many requests under way at a time. */
    static Load concurrent(Server.Mode mode, int requests, int underWay) {
        var command = "jbang client.java %d %d%s".formatted(mode.ordinal(), requests,
                underWay > 1 ? " --concurrency " + underWay : "");
        return new Load(command, requests, 0, (url, figures) -> Client.send(url, mode.ordinal(), requests, underWay,
                _ -> figures.merge(ANSWERS, 1.0, Double::sum)));
    }

    /** Requests at moments fixed beforehand, however long the answers take; notes {@link #SLOWEST}. */
    static Load openLoop(Server.Mode mode, int requests, Duration apart) {
        var path = "/?as_async=" + mode.ordinal();
        return new Load("%d requests GET %s, one every %d ms".formatted(requests, path, apart.toMillis()), requests, 0,
                (url, figures) -> figures.put(SLOWEST, latencies(url.resolve(path), requests, apart).getLast()));
    }

    /** As many requests as one can send, over 64 connections: client.java takes a quarter of a minute for 100,000. */
    static Load flood(Server.Mode mode, int requests) {
        var description = "%,d requests GET /?as_async=%d over %d connections, on each the next one when the last "
                + "is answered";
        return new Load(description.formatted(requests, mode.ordinal(), FLOOD), requests, 0,
                (url, _) -> flood(url, mode, requests));
    }

    Load awaiting(int rows) {
        return new Load(description, requests, rows, sender);
    }

    /** Asks for what is not there, which leaves no task. */
    static void warmUp(URI url) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(url.resolve("/warm-up")).build();
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (var i = 0; i < WARM_UP; i++) http.send(request, HttpResponse.BodyHandlers.discarding());
        }
    }

    /**
     * Sends GETs in an open loop: GET i is due at the start + i × apart, and its latency counts from there. Counted
     * from when it was sent, a stall would count once and hide all the requests that it held up ("coordinated
     * omission", Gil Tene).
     *
     * @return milliseconds, ascending
     */
    static List<Double> latencies(URI url, int gets, Duration apart) {
        var request = HttpRequest.newBuilder(url).build();
        var latencies = new ArrayList<CompletableFuture<Double>>();
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            var begun = System.nanoTime();
            for (var i = 0; i < gets; i++) {
                var due = begun + i * apart.toNanos();
                for (var now = System.nanoTime(); now < due; now = System.nanoTime()) LockSupport.parkNanos(due - now);
                latencies.add(http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                        .thenApply(_ -> (System.nanoTime() - due) / 1e6));
            }
            return latencies.stream().map(CompletableFuture::join).sorted().toList();
        }
    }

    private static void flood(URI url, Server.Mode mode, int requests) throws Exception {
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var shares = IntStream.range(0, FLOOD)
                    .mapToObj(n -> callers.submit(() -> ask(url, mode, (requests + n) / FLOOD))).toList();
            for (var share : shares) share.get();
        }
    }

    /** Sends one request after the other over one connection; fails if one is not answered with 200 OK. */
    private static Void ask(URI url, Server.Mode mode, int requests) throws IOException {
        var request = "GET /?as_async=%d HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(mode.ordinal(), url.getAuthority())
                .getBytes();
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            var answers = new BufferedReader(new InputStreamReader(socket.getInputStream()));
            for (var answered = 0; answered < requests; answered++) {
                socket.getOutputStream().write(request);
                if (!"HTTP/1.1 200 OK".equals(answers.readLine())) throw new IOException("not answered with 200 OK");
                while (!answers.readLine().isEmpty()) {} // headers
                answers.skip("\"ok\"".length());
            }
        }
        return null;
    }
}
