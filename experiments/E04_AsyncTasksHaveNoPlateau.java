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
import org.junit.jupiter.api.*;

@DisplayName("Async tasks have no plateau: all run at once, on one thread")
class E04_AsyncTasksHaveNoPlateau {

    static final int REQUESTS = 20;

    static final Run run = Run.server("events").cpus(8).predicting(REQUESTS).requests(server.Mode.async, REQUESTS);

    static void main(String... options) {
        Lab.run(options);
    }

    @Test
    @DisplayName("As many tasks are in flight as there were requests")
    void together(TestReporter report) {
        Lab.claim(report, run, "20", REQUESTS, run.log().highest());
    }

    @Test
    @DisplayName("One thread runs them all, the main one")
    void threads(TestReporter report) {
        var threads = run.tasks().stream().map(Run.Task::thread).collect(Collectors.toSet());
        Lab.claim(report, run, "the main thread", "the main thread",
                threads.equals(Set.of(run.mainThread())) ? "the main thread" : "threads " + threads);
    }

    @Test
    @DisplayName("They end in three rounds of twenty")
    void rounds(TestReporter report) {
        Lab.claim(report, run, "0×20 | … (cut)", "0×20 | 1×20 | 2×20", run.log().rounds());
    }

    @Test
    @DisplayName("The tasks of a request run one after the other")
    void order(TestReporter report) {
        Lab.claim(report, run, "0, 1, 2", "0, 1, 2", Lab.orderWithinRequests(run));
    }
}
