///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The JDK's HttpServer, set up as in most tutorials, answers one request at a time
//JAVA 25+
//SOURCES lab.java

/*
 * Question     Ten requests come at once to the JDK's HttpServer. How many handlers run at once, if nobody gave it an executor?
 *              (Asked on net-dev in May 2025; the answer there: it is by design and stays so.)
 * Expectation  As many as the model has in flight of ten tasks at once: on one slot, the dispatcher's own thread, one, so a slow
 *              handler stops the whole server; with a virtual thread for each, ten.
 * Run it       jbang experiments/E16_WithoutAnExecutorOneAtATime.java
 *
 * server.java sets such an executor; so here are two servers of a few lines, which differ in that line alone. Their handlers
 * wait at a gate, which opens when all ten are there, or when the patience is over: nobody can see that a tenth will never come.
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
    static final Duration PATIENCE = Duration.ofSeconds(5);

    static final String TUTORIAL = "handlers at once, no executor";
    static final String VIRTUAL = "handlers at once, a virtual thread each";
    static final String THREADS = "threads of ";

    /** Predicted before anything is measured: ten requests at once, on one slot and on a thread each. */
    static final analyze.Log oneSlot = model(new Model.Slots(1)), threadEach = model(new Model.Unbounded());

    static analyze.Log model(Model.Discipline discipline) {
        return Model.log(Model.schedule(new long[REQUESTS], 1, (_, _) -> 1_000_000, discipline), "model", Duration.ofSeconds(1));
    }

    /** One ordinary request, so that there is a log; beside it the two servers. */
    static final Run run = Run.server("events", "--tasks", "1").taskTimeAtMost(Duration.ofMillis(100)).predicting(new Model.EventLoop())
            .sending("jbang client.java 1 1, and beside it %d requests at once to each of two servers of the experiment's own".formatted(REQUESTS),
                    (url, notes) -> {
                        client.send(url, 1, 1, 1, _ -> {});
                        askTen(TUTORIAL, notes, _ -> {});
                        askTen(VIRTUAL, notes, http -> http.setExecutor(Executors.newVirtualThreadPerTaskExecutor()));
                    });

    static void main(String... options) {
        Lab.run(options);
    }

    static void askTen(String name, Map<String, Double> notes, Consumer<HttpServer> setUp) throws Exception {
        var threads = ConcurrentHashMap.<Thread>newKeySet();
        var atOnce = new AtomicInteger();
        var highest = new AtomicInteger();
        var missing = new CountDownLatch(REQUESTS);
        var gate = new CountDownLatch(1);
        var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), REQUESTS);
        setUp.accept(http);
        http.createContext("/", exchange -> {
            threads.add(Thread.currentThread());
            highest.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            missing.countDown();
            try {
                gate.await();
            } catch (InterruptedException end) {
                throw new IOException(end);
            } finally {
                atOnce.decrementAndGet();
            }
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        http.start();
        try (var caller = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://localhost:" + http.getAddress().getPort())).build();
            var answers = Stream.generate(() -> caller.sendAsync(request, HttpResponse.BodyHandlers.discarding())).limit(REQUESTS).toList();
            missing.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            gate.countDown();
            for (var answer : answers) answer.join();
        } finally {
            gate.countDown();
            http.stop(0);
        }
        notes.put(name, (double) highest.get());
        notes.put(THREADS + name, (double) threads.size());
    }

    @Test
    @DisplayName("Without an executor one handler runs, and nine requests wait until it has answered")
    void tutorial(TestReporter report) {
        Lab.claim(report, run, "not asked", oneSlot.highest(), (int) run.note(TUTORIAL));
    }

    @Test
    @DisplayName("All ten run on one and the same thread, which also accepts connections and reads requests")
    void dispatcher(TestReporter report) {
        Lab.claim(report, run, "not asked", oneSlot.threads(), (int) run.note(THREADS + TUTORIAL));
    }

    @Test
    @DisplayName("With a virtual thread for each, all ten handlers run at once, on ten threads")
    void virtual(TestReporter report) {
        Lab.claim(report, run, "not asked", "%d on %d threads".formatted(threadEach.highest(), threadEach.threads()),
                "%.0f on %.0f threads".formatted(run.note(VIRTUAL), run.note(THREADS + VIRTUAL)));
    }
}
