///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Async tasks run concurrently, on the event loop
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E03_AsyncTasksRunConcurrentlyOnTheEventLoop

/*
 * Run it       jbang experiments/E03_AsyncTasksRunConcurrentlyOnTheEventLoop.java
 *
 * E01 is its twin: compare the two files; the difference is the lesson.
 * In Starlette's issue 549 somebody asks why the tasks of a request run one after the other.
 */

import module java.base;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "Async tasks run concurrently, on the event loop",
        question = "Four requests leave twelve async tasks behind. Which of them run concurrently, and on which "
                + "threads?",
        expectation = "Four at a time, one of each request, all on the main thread, which is the event loop's. The "
                + "tasks of a request run in order, so the rounds (index × tasks) are 0×4 | 1×4 | 2×4.")
class E03_AsyncTasksRunConcurrentlyOnTheEventLoop extends Experiment {

    static final int CPUS = 8, REQUESTS = 4;

    final Run ours = run("server", ours().cpus(CPUS), Load.sequential(async, REQUESTS)).titled("server.java")
            .predicted(Model.eventLoop()).atLeast(Duration.ofSeconds(1));
    final Run fastapi = run("fastapi", peer("fastapi"), Load.sequential(async, REQUESTS)).titled("FastAPI")
            .predicted(Model.eventLoop()).atLeast(Duration.ofSeconds(2));
    final List<Run> servers = List.of(ours, fastapi);

    @ParameterizedTest(name = "Every task runs on the main thread: {0}")
    @FieldSource("servers")
    void threads(Run run, Claim claim) {
        var onMain = run.tasks().stream().filter(task -> task.thread() == run.manifest().mainThread()).count();
        claim.article("12 of 12").answer("%s: at most %d tasks were in flight, on %s; %d of %d ran on the main thread."
                .formatted(run, run.log().highest(), Words.count(run.log().threads(), "thread"), onMain,
                        run.tasks().size()))
                .expected("12 of 12").seen(onMain + " of " + run.tasks().size());
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
