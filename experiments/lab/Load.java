import module java.base;
import module java.net.http;
import org.HdrHistogram.*;

/**
 * Which requests are sent, when, by whom.
 *
 * @param description the command that sends them; a comment (#) where none does
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
        return new Load(command, requests, 0, (url, figures) -> send(url, mode.ordinal(), requests, underWay,
                _ -> figures.merge(ANSWERS, 1.0, Double::sum)));
    }

    /** Requests at moments fixed beforehand, however long the answers take; notes {@link #SLOWEST}. */
    static Load openLoop(Server.Mode mode, int requests, Duration apart) {
        var command = "jbang client.java %d %d --rate %d/m".formatted(mode.ordinal(), requests,
                60_000 / apart.toMillis());
        return new Load(command, requests, 0,
                (url, figures) -> figures.put(SLOWEST, latencies(url, mode, requests, apart).getMaxValue() / 1e6));
    }

    /** As many requests as one can send, over 64 connections: client.java takes a quarter of a minute for 100,000. */
    static Load flood(Server.Mode mode, int requests) {
        var command = "jbang client.java %d %d --concurrency %d # the lab sends the same faster, over plain sockets";
        return new Load(command.formatted(mode.ordinal(), requests, FLOOD), requests, 0, (url, _) -> {
            var answered = raw(url, FLOOD, requests, _ -> mode.ordinal(), System::nanoTime, _ -> {});
            if (answered < requests) throw new IOException("only %d requests were answered".formatted(answered));
        });
    }

    Load awaiting(int rows) { return new Load(description, requests, rows, sender); }

    /** Asks for what is not there, which leaves no task. */
    static void warmUp(URI url) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(url.resolve("/warm-up")).timeout(ServerProcess.PATIENCE).build();
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (var i = 0; i < WARM_UP; i++) http.send(request, HttpResponse.BodyHandlers.discarding());
        }
    }

    /** As client.java does: the next request as soon as fewer than {@code underWay} (1 or more) are under way. */
    static void send(URI url, int asAsync, int requests, int underWay, IntConsumer onStatus)
            throws IOException, InterruptedException {
        Client.send(url, asAsync, requests, underWay, System::nanoTime, ServerProcess.PATIENCE,
                (status, _) -> onStatus.accept(status));
    }

    /** How long the answers took (ns, to three digits) to requests in an open loop. */
    static Histogram latencies(URI url, Server.Mode mode, int requests, Duration apart)
            throws IOException, InterruptedException {
        var latencies = new ConcurrentHistogram(3);
        Client.send(url, mode.ordinal(), requests, Integer.MAX_VALUE, Client.moments(1e9 / apart.toNanos(), null),
                ServerProcess.PATIENCE, (_, time) -> latencies.recordValue(time.toNanos()));
        return latencies;
    }

    /**
     * Sends GETs over plain sockets, which cost a fraction of an HttpClient: on each connection the next one when the
     * last is answered and it is due ({@link System#nanoTime}). A connection that the server closes is opened again:
     * Tomcat closes each after 100 answers. Tells how long each answer took from then (ns). Returns how many were
     * answered with 200.
     */
    static int raw(URI url, int connections, int requests, IntUnaryOperator asAsync, LongSupplier due,
            LongConsumer took) {
        var next = new AtomicInteger();
        var acknowledged = new AtomicInteger();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var caller = 0; caller < connections; caller++) callers.execute(() -> {
                try (var connection = new Connection(url)) {
                    for (int number; (number = next.getAndIncrement()) < requests;) {
                        var moment = due.getAsLong();
                        for (long wait; (wait = moment - System.nanoTime()) > 0;) LockSupport.parkNanos(wait);
                        connection.open();
                        if (!connection.ask(asAsync.applyAsInt(number))) continue;
                        acknowledged.incrementAndGet();
                        took.accept(System.nanoTime() - moment);
                    }
                } catch (IOException died) { // the server, so that there is nothing to connect to
                }
            });
        }
        return acknowledged.get();
    }

    /** A plain socket that sends GETs, and reads the answers. */
    private static final class Connection implements AutoCloseable {
        private final URI url;
        private Socket socket = new Socket(); // not connected yet
        private BufferedReader answers;
        private boolean isOpen;

        Connection(URI url) { this.url = url; }

        /** Connects, if it has not or if the last answer closed it. */
        void open() throws IOException {
            if (isOpen) return;
            socket.close();
            socket = new Socket(url.getHost(), url.getPort());
            socket.setSoTimeout((int) ServerProcess.PATIENCE.toMillis());
            answers = new BufferedReader(new InputStreamReader(socket.getInputStream()));
            isOpen = true;
        }

        /** Whether the answer was 200; if not, the next request has another connection. */
        boolean ask(int asAsync) throws IOException {
            isOpen = false;
            try {
                socket.getOutputStream()
                        .write("GET /?as_async=%d HTTP/1.1\r\nHost: x\r\n\r\n".formatted(asAsync).getBytes());
                if (!String.valueOf(answers.readLine()).contains(" 200")) return false;
            } catch (SocketException closed) { // by the server, between two requests
                return false;
            }
            var stays = true;
            for (String field; (field = answers.readLine()) != null && !field.isEmpty();)
                stays &= !field.equalsIgnoreCase("Connection: close");
            answers.skip("\"ok\"".length());
            isOpen = stays;
            return true;
        }

        @Override
        public void close() throws IOException { socket.close(); }
    }
}
