///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Async tasks have no plateau: all run at once, on one thread
//JAVA 25+
//SOURCES lab.java

/*
 * Question     Twenty requests leave sixty waiting tasks behind. How many of them run at once?
 * Expectation  Twenty, one of each request, on one thread; so there are three rounds, where a pool of twelve takes five.
 * Run it       jbang experiments/E04_AsyncTasksHaveNoPlateau.java
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("Async tasks have no plateau: all run at once, on one thread")
class E04_AsyncTasksHaveNoPlateau {

    static final int REQUESTS = 20;

    static final Run ours = Run.server("server").cpus(8).predicting(new Model.EventLoop()).requests(server.Mode.async, REQUESTS)
            .taskTimeAtLeast(Duration.ofSeconds(1));
    static final Run fastapi = Run.peer(Peer.named("fastapi")).predicting(new Model.EventLoop()).requests(server.Mode.async, REQUESTS);
    static final List<Run> servers = List.of(ours, fastapi);

    static void main(String... options) {
        Lab.run(options);
    }

    @ParameterizedTest(name = "As many tasks are in flight as there were requests: {0}")
    @FieldSource("servers")
    void together(Run run, TestReporter report) {
        Lab.claim(report, run, "20", run.model().highest(), run.log().highest());
    }

    @ParameterizedTest(name = "One thread runs them all, the main one: {0}")
    @FieldSource("servers")
    void threads(Run run, TestReporter report) {
        var threads = run.tasks().stream().map(Run.Task::thread).collect(Collectors.toSet());
        Lab.claim(report, run, "the main thread", "the main thread",
                threads.equals(Set.of(run.mainThread())) ? "the main thread" : "threads " + threads);
    }

    @ParameterizedTest(name = "They end in three rounds of twenty: {0}")
    @FieldSource("servers")
    void rounds(Run run, TestReporter report) {
        Lab.claim(report, run, "0×20 | … (cut)", run.model().rounds(), run.log().rounds());
    }

    @ParameterizedTest(name = "The tasks of a request run one after the other: {0}")
    @FieldSource("servers")
    void order(Run run, TestReporter report) {
        Lab.claim(report, run, "0, 1, 2", "0, 1, 2", Lab.orderWithinRequests(run));
    }
}
