///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION A client that hangs up cancels no task
//JAVA 25+
//SOURCES lab.java

/*
 * Question     The client hangs up before it has read the answer. Do its tasks run all the same?
 *              (Asked in Starlette's issues 1438 and 919, where a middleware could cancel them.)
 * Expectation  Yes, all three of every request, one after the other: a task belongs to the server, not to the connection.
 * Run it       jbang experiments/E12_HangingUpCancelsNoTask.java
 *
 * Half of the clients close right after they have written the request (the server sees an ordinary end of the stream, FIN).
 * The others close when the answer has begun and lies there unread, which resets the connection (RST).
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A client that hangs up cancels no task")
class E12_HangingUpCancelsNoTask {

    static final int REQUESTS = 20;
    static final Duration TASK = Duration.ofSeconds(1); // five rounds in the pool; all requests have come before the first one ends
    static final Duration PATIENCE = Duration.ofMinutes(1); // reached only if a task is lost

    static final Map<server.Mode, Run> runs = Map.of(
            server.Mode.sync, hangingUp(server.Mode.sync).predicting(new Model.Slots(12)),
            server.Mode.async, hangingUp(server.Mode.async).predicting(new Model.EventLoop()));

    static void main(String... options) {
        Lab.run(options);
    }

    static Run hangingUp(server.Mode mode) {
        return Run.server(mode.name()).cpus(8).taskTime(TASK)
                .sending(REQUESTS + " requests over raw sockets that are closed before the answer is read", (url, notes) -> {
                    for (var i = 0; i < REQUESTS; i++) hangUp(url, mode, i % 2 == 0, notes);
                    awaitTasks(mode.name());
                });
    }

    static void hangUp(URI url, server.Mode mode, boolean atOnce, Map<String, Double> notes) throws IOException {
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream().write("GET /?as_async=%d HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(mode.ordinal(), url.getAuthority()).getBytes());
            if (!atOnce) socket.getInputStream().read(); // one byte, and leaves the rest
        }
        notes.merge(atOnce ? "closed right after sending" : "closed with the answer unread", 1.0, Double::sum);
    }

    /** Who hangs up never learns whether its request was accepted, so the only witness is the server's log. */
    static void awaitTasks(String name) throws IOException, InterruptedException {
        var events = Run.results.resolve(E12_HangingUpCancelsNoTask.class.getName()).resolve(name + ".csv");
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end && Files.readAllLines(events).size() <= 3 * REQUESTS) Thread.sleep(20); // and a header
    }

    @ParameterizedTest(name = "All tasks of all requests ran and succeeded: {0}")
    @EnumSource
    void all(server.Mode mode, TestReporter report) {
        var run = runs.get(mode);
        var succeeded = run.log().tasks().stringColumn("outcome").isEqualTo("ok").size();
        Lab.claim(report, run, "not asked", "%d tasks of %d requests".formatted(3 * REQUESTS, REQUESTS),
                "%d tasks of %d requests".formatted(succeeded, run.log().requests()));
    }

    @ParameterizedTest(name = "The tasks of a request run one after the other, as if its client were still there: {0}")
    @EnumSource
    void order(server.Mode mode, TestReporter report) {
        Lab.claim(report, runs.get(mode), "0, 1, 2", "0, 1, 2", Lab.orderWithinRequests(runs.get(mode)));
    }

    @ParameterizedTest(name = "As many run at once as when the clients stay: {0}")
    @EnumSource
    void atOnce(server.Mode mode, TestReporter report) {
        Lab.claim(report, runs.get(mode), "not asked", runs.get(mode).model().highest(), runs.get(mode).log().highest());
    }
}
