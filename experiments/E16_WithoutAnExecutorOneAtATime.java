///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The JDK's HttpServer, set up as in most tutorials, answers one request at a time
//JAVA 25+
//SOURCES lab.java

/*
 * Question     Ten requests come at once to the JDK's HttpServer. How many handlers run at once, if nobody gave it an executor?
 *              (Asked on net-dev in May 2025; the answer there: it is by design and stays so.)
 * Expectation  One, on the dispatcher's own thread: a slow handler stops the whole server. With a virtual thread for each, ten.
 * Run it       jbang experiments/E16_WithoutAnExecutorOneAtATime.java
 *
 * server.java sets such an executor; so here are two servers of a few lines, which differ in that line alone. A "task" is a
 * handler of theirs: it is queued when its request is sent, and the pictures show when it runs.
 */

import module java.base;
import module java.net.http;
import module jdk.httpserver;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

@DisplayName("The JDK's HttpServer without an executor answers one request at a time")
class E16_WithoutAnExecutorOneAtATime {

    static final int REQUESTS = 10;
    static final Duration SHORT = Duration.ofMillis(500); // ten of them, one after the other
    static final Duration LONG = Duration.ofSeconds(2); // ample for ten requests to come, on a busy machine, too

    static final Run tutorial = run("no-executor", SHORT, _ -> {}).predicting(new Model.Slots(1));
    static final Run virtual = run("virtual-thread-each", LONG, http -> http.setExecutor(Executors.newVirtualThreadPerTaskExecutor()))
            .predicting(new Model.Unbounded());

    static void main(String... options) {
        Lab.run(options);
    }

    static Run run(String name, Duration handling, Consumer<HttpServer> setUp) {
        return Run.own(name, "%d requests at once to an HttpServer whose handler takes %d ms".formatted(REQUESTS, handling.toMillis()),
                () -> askTen(handling, setUp)).taskTime(handling);
    }

    /** A row for each handler; all requests are sent at 0. */
    static List<Model.Row> askTen(Duration handling, Consumer<HttpServer> setUp) throws Exception {
        var rows = new ConcurrentLinkedQueue<Model.Row>();
        var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), REQUESTS);
        setUp.accept(http);
        var caller = HttpClient.newHttpClient(); // before the clock starts, for the first one takes its time
        var sent = System.nanoTime();
        http.createContext("/", exchange -> {
            var started = System.nanoTime() - sent;
            try {
                Thread.sleep(handling);
            } catch (InterruptedException end) {
                throw new IOException(end);
            }
            var number = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
            rows.add(new Model.Row(number, 0, "sync", (int) Thread.currentThread().threadId(), 0, 0, started / 1_000,
                    (System.nanoTime() - sent) / 1_000));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        http.start();
        try (caller) {
            var url = "http://localhost:" + http.getAddress().getPort() + "/";
            var answers = IntStream.range(0, REQUESTS).mapToObj(n -> HttpRequest.newBuilder(URI.create(url + n)).build())
                    .map(request -> caller.sendAsync(request, HttpResponse.BodyHandlers.discarding())).toList();
            for (var answer : answers) answer.join();
        } finally {
            http.stop(0);
        }
        return List.copyOf(rows);
    }

    @Test
    @DisplayName("Without an executor one handler runs, and nine requests wait until it has answered")
    void oneAtATime(TestReporter report) {
        Lab.claim(report, tutorial, "not asked", tutorial.model().highest(), tutorial.log().highest());
    }

    @Test
    @DisplayName("All ten run on one and the same thread, which also accepts connections and reads requests")
    void dispatcher(TestReporter report) {
        Lab.claim(report, tutorial, "not asked", tutorial.model().threads(), tutorial.log().threads());
    }

    @Test
    @DisplayName("With a virtual thread for each, all ten handlers run at once, on ten threads")
    void tenAtOnce(TestReporter report) {
        Lab.claim(report, virtual, "not asked", "%d on %d threads".formatted(virtual.model().highest(), virtual.model().threads()),
                "%d on %d threads".formatted(virtual.log().highest(), virtual.log().threads()));
    }
}
