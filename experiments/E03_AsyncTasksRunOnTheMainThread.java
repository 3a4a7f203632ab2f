///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Async tasks of different requests run at the same time, all on the main thread, on other threads than the main one
//JAVA 25+
//SOURCES lab.java

/*
 * Question     Four requests leave twelve waiting tasks behind. Which run at the same time, and where?
 * Expectation  Four at a time: one of each request. All on the main thread. A request's own ones in order.
 * Run it       jbang experiments/E03_AsyncTasksRunOnTheMainThread.java
 */

import org.junit.jupiter.api.*;

@DisplayName("Async tasks of different requests run at the same time, all on the main thread")
class E03_AsyncTasksRunOnTheMainThread {

    static final int REQUESTS = 4;

    static final Run run = Run.server("events").cpus(8).predicting(REQUESTS).requests(server.Mode.async, REQUESTS);

    static void main(String... options) {
        Lab.run(options);
    }

    @Test
    @DisplayName("Every task runs on the main thread")
    void threads(TestReporter report) {
        var onMain = run.tasks().stream().filter(task -> task.thread() == run.mainThread()).count();
        Lab.claim(report, run, "12 of 12", "12 of 12", onMain + " of " + run.tasks().size());
    }

    @Test
    @DisplayName("The tasks of a request run one after the other")
    void order(TestReporter report) {
        Lab.claim(report, run, "0, 1, 2", "0, 1, 2", Lab.orderWithinRequests(run));
    }

    @Test
    @DisplayName("The tasks of different requests run at the same time, one of each request")
    void together(TestReporter report) {
        Lab.claim(report, run, "4 at once", REQUESTS + " at once", run.log().highest() + " at once");
    }

    @Test
    @DisplayName("They end in three rounds, one for each task of a request")
    void rounds(TestReporter report) {
        Lab.claim(report, run, "0×4 | 1×4 | 2×4", "0×4 | 1×4 | 2×4", run.log().rounds());
    }
}
