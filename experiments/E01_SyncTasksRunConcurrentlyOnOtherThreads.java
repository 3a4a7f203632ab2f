///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Sync tasks run concurrently, on other threads
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E01_SyncTasksRunConcurrentlyOnOtherThreads

/*
 * Run it       jbang experiments/E01_SyncTasksRunConcurrentlyOnOtherThreads.java
 *
 * E03 is its twin: compare the two files; the difference is the lesson.
 * In Starlette's issue 549 somebody asks why the tasks of a request run one after the other.
 */

import module java.base;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "Sync tasks run concurrently, on other threads",
        question = "Four requests leave twelve sync tasks behind. Which of them run concurrently, and on which "
                + "threads?",
        expectation = "Four at a time, one of each request, none on the main thread, which is the event loop's. The "
                + "tasks of a request run in order, so the rounds (index × tasks) are 0×4 | 1×4 | 2×4.")
class E01_SyncTasksRunConcurrentlyOnOtherThreads extends Experiment {

    static final int CPUS = 8, REQUESTS = 4;

    final Run ours = run("server", ours().cpus(CPUS), Load.sequential(sync, REQUESTS)).titled("server.java")
            .predicted(Model.fifo(12)).atLeast(Duration.ofSeconds(1));
    final Run fastapi = run("fastapi", peer("fastapi"), Load.sequential(sync, REQUESTS)).titled("FastAPI")
            .predicted(Model.fifo(40)).atLeast(Duration.ofSeconds(2));
    final List<Run> servers = List.of(ours, fastapi);

    @ParameterizedTest(name = "No task runs on the main thread: {0}")
    @FieldSource("servers")
    void threads(Run run, Claim claim) {
        Assertions.assertTrue(run.manifest().mainThread() > 0, "the log names no main thread");
        var onMain = run.tasks().stream().filter(task -> task.thread() == run.manifest().mainThread()).count();
        claim.article("0 of 12").answer("%s: at most %d tasks were in flight, on %s; %d of %d ran on the main thread."
                .formatted(run, run.log().highest(), Words.count(run.log().threads(), "thread"), onMain,
                        run.tasks().size()))
                .expected("0 of 12").seen(onMain + " of " + run.tasks().size());
    }

    @ParameterizedTest(name = "The tasks of a request run one after the other: {0}")
    @FieldSource("servers")
    void order(Run run, Claim claim) {
        claim.article("0, 1, 2").expected("0, 1, 2").seen(run.order());
    }

    @ParameterizedTest(name = "Tasks of different requests run concurrently, one of each request: {0}")
    @FieldSource("servers")
    void concurrently(Run run, Claim claim) {
        claim.article("4").expected(4).seen(run.log().highest());
    }

    @ParameterizedTest(name = "There are three rounds, one for each task of a request: {0}")
    @FieldSource("servers")
    void rounds(Run run, Claim claim) {
        claim.article("0×4 | 1×4 | 2×4").expected("0×4 | 1×4 | 2×4").seen(run.log().rounds());
    }

    @Override
    List<Drawing> drawings() {
        return List.of(together("ours-and-fastapi", "The same four requests", ours, fastapi));
    }
}
