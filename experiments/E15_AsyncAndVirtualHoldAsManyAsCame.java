///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Async tasks and virtual threads run as many at once as came; a pool runs as many as it has threads
//JAVA 25+
//SOURCES lab.java

/*
 * Question     100, 1,000, 10,000 or 100,000 requests leave a task each. How many run at once, how late are they, and what does it take?
 *              (fastapi #676, #4304, #4221, starlette #1724)
 * Expectation  As many as came, on the event loop as on virtual threads, with a few dozen threads of the system. In a pool as many as it
 *              has threads, which are the system's own: 12 by default on 8 CPUs, or 200.
 * Run it       jbang experiments/E15_AsyncAndVirtualHoldAsManyAsCame.java
 */

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("Async tasks and virtual threads run as many at once as came")
class E15_AsyncAndVirtualHoldAsManyAsCame {

    static final int CONNECTIONS = 64; // of the client, so that many come in a short time
    static final String THREADS = "threads of the system"; // noted where there is a /proc

    /**
     * Requests, and how many milliseconds their tasks wait. Together: so long that the last request comes before the first task ends, on two
     * CPUs and from a server that has just started. In turn: so long that requests come faster than twelve threads end them.
     */
    record Size(int requests, int together, int inTurn) {}

    static final List<Size> SIZES = Stream.of(new Size(100, 1_000, 100), new Size(1_000, 1_000, 10), new Size(10_000, 3_000, 3),
            new Size(100_000, 12_000, 1)).filter(size -> size.requests <= 1_000 || Run.taskTime.toSeconds() >= 1).toList(); // else in a hurry

    record Many(String mode, int requests, Run run) {
        @Override
        public String toString() {
            return "%s, %,d requests".formatted(mode, requests);
        }
    }

    static final List<Many> unbounded = Stream.concat(
            SIZES.stream().map(size -> many("async", server.Mode.async, "default", size.requests, size.together, new Model.EventLoop())),
            SIZES.stream().map(size -> many("virtual", server.Mode.sync, "virtual", size.requests, size.together, new Model.Unbounded()))).toList();
    static final List<Many> twelve = SIZES.stream()
            .map(size -> many("sync", server.Mode.sync, "default", size.requests, size.inTurn, new Model.Slots(12))).toList();
    static final Many twoHundred = many("pool:200", server.Mode.sync, "pool:200", 400, 1_000, new Model.Slots(200));

    static void main(String... options) {
        Lab.run(options);
    }

    static Many many(String mode, server.Mode as, String executor, int requests, int millis, Model.Discipline discipline) {
        var run = Run.server("%s-%d".formatted(mode.replace(":", "-"), requests), "--tasks", "1", "--executor", executor).cpus(8).printsNothing()
                .taskTime(Duration.ofMillis(millis)).predicting(discipline)
                .sending("%,d requests GET /?as_async=%d over %d connections, on each the next one when the last is answered"
                        .formatted(requests, as.ordinal(), CONNECTIONS), (url, _) -> send(url, as, requests));
        return new Many(mode, requests, run);
    }

    @ParameterizedTest(name = "As many tasks run at once as requests came: {0}")
    @FieldSource("unbounded")
    void asManyAsCame(Many many, TestReporter report) {
        publish(many, report);
        var log = many.run.log(); // on a busy machine some come when others have ended: those that came in half the task time have not
        var least = LongStream.of(log.moments("received")).filter(at -> at - log.begun() <= log.micros() / 2).count();
        Lab.claim(report, many.run, "not asked", least == many.requests ? "" + least : "%d to %d".formatted(least, many.requests), log.highest(),
                least <= log.highest() && log.highest() <= many.requests);
    }

    @ParameterizedTest(name = "In a pool of twelve threads never 13 tasks run at once, however many came: {0}")
    @FieldSource("twelve")
    void never13(Many many, TestReporter report) {
        publish(many, report);
        var highest = many.run.log().highest(); // on a busy machine they may come more slowly than twelve threads go
        Lab.claim(report, many.run, "not asked", "12, or fewer on a busy machine", "" + highest, highest <= 12);
    }

    @Test
    @DisplayName("A thousand tasks on virtual threads take fewer threads of the system than a pool of 200")
    void threads(TestReporter report) {
        var virtual = unbounded.stream().filter(many -> many.mode.equals("virtual") && many.requests == 1_000).findAny().orElseThrow().run;
        double few = virtual.note(THREADS), pooled = twoHundred.run.note(THREADS);
        Assumptions.assumeFalse(Double.isNaN(few + pooled), "this system does not tell of its threads");
        Lab.claim(report, virtual, "not asked", "fewer", "%.0f and %.0f".formatted(few, pooled), few < pooled);
    }

    /** A point in each panel of the picture. */
    static void publish(Many many, TestReporter report) {
        var figures = many.run.log().figures();
        LogLog.publish(report, "in flight", many.mode, many.requests, figures.get("highest"));
        for (var late : List.of("late: median", "late: max")) LogLog.publish(report, late + " [ms]", many.mode, many.requests, figures.get(late));
        for (var note : List.of(THREADS, "memory [MB]")) LogLog.publish(report, note, many.mode, many.requests, many.run.note(note));
    }

    /** A client for many, over plain sockets: with client.java 100,000 requests take a quarter of a minute. */
    static void send(URI url, server.Mode as, int requests) throws Exception {
        var answered = 0;
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var shares = IntStream.range(0, CONNECTIONS).mapToObj(n -> callers.submit(() -> ask(url, as, (requests + n) / CONNECTIONS))).toList();
            for (var share : shares) answered += share.get();
        }
        if (answered < requests) throw new IOException("only %d of %d requests were answered with 200 OK".formatted(answered, requests));
    }

    /** Sends one request after the other over one connection, until an answer is not the one expected; returns how many were. */
    static int ask(URI url, server.Mode as, int requests) throws IOException {
        var request = "GET /?as_async=%d HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(as.ordinal(), url.getAuthority()).getBytes();
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            var answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            for (var answered = 0; answered < requests; answered++) {
                socket.getOutputStream().write(request);
                if (!"HTTP/1.1 200 OK".equals(answers.readLine())) return answered;
                while (!answers.readLine().isEmpty()) {} // headers
                answers.skip("\"ok\"".length());
            }
        }
        return requests;
    }
}
