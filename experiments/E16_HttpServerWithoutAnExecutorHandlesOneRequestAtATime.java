///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION HttpServer without an executor handles one request at a time
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E16_HttpServerWithoutAnExecutorHandlesOneRequestAtATime

/*
 * Run it       jbang experiments/E16_HttpServerWithoutAnExecutorHandlesOneRequestAtATime.java
 *
 * Asked on net-dev in May 2025; the answer there: it is by design and stays so. server.java sets an executor, so
 * here are two servers of a few lines, which differ in that line alone. What the pictures call a task is one call
 * of the handler: it is queued when all requests are sent.
 */

import module java.base;
import module java.net.http;
import module jdk.httpserver;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@Lesson(title = "HttpServer without an executor handles one request at a time",
        question = "Ten requests arrive concurrently at the JDK's HttpServer, set up as in most tutorials: without "
                + "an executor. How many are handled concurrently?",
        expectation = "One, on the server's own thread, which also accepts connections: a slow handler stops the "
                + "whole server. With a virtual thread for each request, all ten.")
class E16_HttpServerWithoutAnExecutorHandlesOneRequestAtATime extends Experiment {

    static final int REQUESTS = 10;
    static final Duration SHORT = Duration.ofMillis(500); // ten of them, one after the other
    static final Duration LONG = Duration.ofSeconds(2); // so that all ten arrive before the first is answered

    final Run tutorial = serving("no-executor", SHORT, _ -> {}).predicted(Model.fifo(1));
    final Run virtual = serving("virtual-threads", LONG,
            http -> http.setExecutor(Executors.newVirtualThreadPerTaskExecutor()))
            .predicted(Model.unbounded());

    Run serving(String name, Duration handling, Consumer<HttpServer> setUp) {
        return observed(name, "# %d concurrent requests to an HttpServer whose handler takes %d ms"
                .formatted(REQUESTS, handling.toMillis()), handling, (_, _) -> serve(handling, setUp));
    }

    /** A row for each call of the handler; all requests are sent at 0. */
    static List<Model.Row> serve(Duration handling, Consumer<HttpServer> setUp) throws Exception {
        var rows = new ConcurrentLinkedQueue<Model.Row>();
        var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), REQUESTS);
        setUp.accept(http);
        var client = HttpClient.newHttpClient(); // before the clock starts, for the first one takes its time
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
        try (client) {
            var url = "http://localhost:" + http.getAddress().getPort() + "/";
            var answers = IntStream.range(0, REQUESTS)
                    .mapToObj(n -> HttpRequest.newBuilder(URI.create(url + n)).build())
                    .map(request -> client.sendAsync(request, HttpResponse.BodyHandlers.discarding())).toList();
            for (var answer : answers) answer.join();
        } finally {
            http.stop(0);
        }
        return List.copyOf(rows);
    }

    @Test
    @DisplayName("Without an executor only one handler runs at a time; the other requests wait")
    void concurrently(Claim claim) {
        claim.expected(1).seen(tutorial.log().highest());
    }

    @Test
    @DisplayName("Without an executor all ten run on one thread")
    void threads(Claim claim) {
        claim.answer("Without an executor, ten requests took %.1f s, one at a time."
                .formatted(tutorial.log().makespan() / 1e6)).expected("10 on 1 thread")
                .seen("%d on %s".formatted(tutorial.tasks().size(), Words.count(tutorial.log().threads(), "thread")));
    }

    @Test
    @DisplayName("With a virtual thread for each request, all ten handlers run concurrently, on ten threads")
    void virtual(Claim claim) {
        claim.answer("With a virtual thread for each request, %d ran concurrently.".formatted(virtual.log().highest()))
                .expected("10 on 10 threads")
                .seen("%d on %s".formatted(virtual.log().highest(), Words.count(virtual.log().threads(), "thread")));
    }

    @Override
    List<Drawing> drawings() {
        return List.of(timeline(tutorial, "Without an executor: a bar is one call of the handler"),
                timeline(virtual, "With a virtual thread for each request"));
    }
}
