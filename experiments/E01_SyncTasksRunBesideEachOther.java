///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Sync tasks of different requests run beside each other, on other threads than the main one
//JAVA 25+
//SOURCES lab.java

/*
 * Question     Four requests leave twelve blocking tasks behind. Which run at the same time, and where?
 * Expectation  Four at a time: one of each request. None on the main thread. A request's own ones in order.
 * Run it       jbang experiments/E01_SyncTasksRunBesideEachOther.java
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("Sync tasks of different requests run beside each other")
class E01_SyncTasksRunBesideEachOther {

    static final int REQUESTS = 4;

    static final Run ours = Run.server("server").cpus(8).predicting(new Model.Slots(12)).requests(server.Mode.sync, REQUESTS)
            .taskTimeAtLeast(Duration.ofSeconds(1));
    static final Run fastapi = Run.peer(Peer.named("fastapi")).predicting(new Model.Slots(40)).requests(server.Mode.sync, REQUESTS);
    static final List<Run> servers = List.of(ours, fastapi);

    static void main(String... options) {
        Lab.run(options);
    }

    @ParameterizedTest(name = "No task runs on the main thread: {0}")
    @FieldSource("servers")
    void threads(Run run, TestReporter report) {
        var onMain = run.tasks().stream().filter(task -> task.thread() == run.mainThread()).count();
        Lab.claim(report, run, "0 of 12", "0 of 12", onMain + " of " + run.tasks().size());
    }

    @ParameterizedTest(name = "The tasks of a request run one after the other: {0}")
    @FieldSource("servers")
    void order(Run run, TestReporter report) {
        Lab.claim(report, run, "0, 1, 2", "0, 1, 2", Lab.orderWithinRequests(run));
    }

    @ParameterizedTest(name = "The tasks of different requests run at the same time, one of each request: {0}")
    @FieldSource("servers")
    void together(Run run, TestReporter report) {
        Lab.claim(report, run, "4 at once", run.model().highest() + " at once", run.log().highest() + " at once");
    }

    @ParameterizedTest(name = "They end in three rounds, one for each task of a request: {0}")
    @FieldSource("servers")
    void rounds(Run run, TestReporter report) {
        Lab.claim(report, run, "0×4 | 1×4 | 2×4", run.model().rounds(), run.log().rounds());
    }
}
