///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION A client that disconnects cancels no task
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E12_AClientThatDisconnectsCancelsNoTask

/*
 * Run it       jbang experiments/E12_AClientThatDisconnectsCancelsNoTask.java
 *
 * Half of the clients close the connection right after they have written the request; the server sees an ordinary
 * end of the stream (FIN). The other half close it when the answer has begun to arrive and lies there unread, which
 * resets the connection (RST). After Starlette's issues 1438 and 919, where a middleware could cancel the tasks.
 */

import module java.base;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "A client that disconnects cancels no task",
        question = "Twenty clients disconnect before they have read the answer. Do their tasks run all the same?",
        expectation = "Yes: all three of every request, one after the other, and as many concurrently as if the "
                + "clients had stayed: 12 sync tasks, 20 async ones. A task belongs to the server, not to the "
                + "connection.")
class E12_AClientThatDisconnectsCancelsNoTask extends Experiment {

    static final int CPUS = 8, POOL = 12, REQUESTS = 20;
    static final Duration TASK_TIME = Duration.ofSeconds(1); // all requests have arrived before the first task ends

    final Run onThePool = disconnecting("sync", sync).predicted(Model.fifo(POOL));
    final Run onTheEventLoop = disconnecting("async", async).predicted(Model.eventLoop());

    Run disconnecting(String name, Server.Mode mode) {
        var description = "# %d requests GET /?as_async=%d over sockets that are closed before the answer is read"
                .formatted(REQUESTS, mode.ordinal());
        var load = new Load(description, (url, figures) -> {
            for (var i = 0; i < REQUESTS; i++) disconnect(url, mode, i % 2 == 0, figures);
        });
        // Such a client never learns whether its request was accepted, so the lab waits for the log's rows.
        return run(name, ours().cpus(CPUS), load.awaiting(3 * REQUESTS)).taskTime(TASK_TIME);
    }

    static void disconnect(URI url, Server.Mode mode, boolean atOnce, Map<String, Double> figures)
            throws IOException {
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream().write("GET /?as_async=%d HTTP/1.1\r\nHost: %s\r\n\r\n"
                    .formatted(mode.ordinal(), url.getAuthority()).getBytes());
            if (!atOnce) socket.getInputStream().read(); // one byte, and leaves the rest
        }
        figures.merge(atOnce ? "closed right after the request" : "closed with the answer unread", 1.0, Double::sum);
    }

    @ParameterizedTest(name = "All tasks of all requests ran and succeeded: {0}")
    @FieldSource("runs")
    void all(Run run, Claim claim) {
        var succeeded = run.tasks().stream().filter(task -> task.outcome().equals("ok")).count();
        claim.answer("%s: %d tasks of %d requests ran, at most %d concurrently.".formatted(run, succeeded,
                run.log().requests(), run.log().highest())).expected("60 tasks of 20 requests")
                .seen("%d tasks of %d requests".formatted(succeeded, run.log().requests()));
    }

    @ParameterizedTest(name = "The tasks of a request run one after the other, as if its client were still there: {0}")
    @FieldSource("runs")
    void order(Run run, Claim claim) {
        claim.article("0, 1, 2").expected("0, 1, 2").seen(run.order());
    }

    @ParameterizedTest(name = "As many tasks run concurrently as when the clients stay: {0}")
    @FieldSource("runs")
    void concurrently(Run run, Claim claim) {
        claim.expected(run == onThePool ? 12 : 20).seen(run.log().highest());
    }

    @Override
    List<Drawing> drawings() {
        return List.of(together("both", "All clients have gone; every task still runs",
                onThePool, onTheEventLoop));
    }
}
