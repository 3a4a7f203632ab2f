///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Async tasks have no plateau
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E04_AsyncTasksHaveNoPlateau

/*
 * Run it       jbang experiments/E04_AsyncTasksHaveNoPlateau.java
 *
 * The same twenty requests as in E02, once with sync and once with async tasks.
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "Async tasks have no plateau",
        question = "Twenty requests leave sixty tasks behind. A pool of 12 threads runs 12 of them concurrently. How "
                + "many does the event loop run?",
        expectation = "All twenty first tasks, on one thread, then all second ones: 0×20 | 1×20 | 2×20. Three "
                + "rounds, 9 s; the pool takes five, 15 s.")
class E04_AsyncTasksHaveNoPlateau extends Experiment {

    static final int CPUS = 8, POOL = 12, REQUESTS = 20;

    final Run pool = run("pool-of-12", ours().cpus(CPUS), Load.sequential(sync, REQUESTS)).titled("sync, 12 threads")
            .predicted(Model.fifo(POOL)).atLeast(Duration.ofSeconds(1));
    final Run loop = run("event-loop", ours().cpus(CPUS), Load.sequential(async, REQUESTS))
            .titled("async, server.java").predicted(Model.eventLoop()).atLeast(Duration.ofSeconds(1));
    final Run fastapi = run("fastapi", peer("fastapi"), Load.sequential(async, REQUESTS)).titled("async, FastAPI")
            .predicted(Model.eventLoop()).atLeast(Duration.ofSeconds(2));
    final List<Run> asyncRuns = List.of(loop, fastapi);

    @ParameterizedTest(name = "As many tasks are in flight as there are requests: {0}")
    @FieldSource("asyncRuns")
    void all(Run run, Claim claim) {
        claim.article(20).expected(20).seen(run.log().highest());
    }

    @ParameterizedTest(name = "The run holds 20 tasks in flight and does not just reach them for a moment: {0}")
    @FieldSource("asyncRuns")
    void plateau(Run run, Claim claim) {
        claim.article(20).expected(20).seen(run.log().plateau());
    }

    @ParameterizedTest(name = "One thread runs them all, the main one: {0}")
    @FieldSource("asyncRuns")
    void threads(Run run, Claim claim) {
        var threads = run.tasks().stream().map(Run.Task::thread).collect(Collectors.toSet());
        claim.article("the main thread").expected("the main thread")
                .seen(threads.equals(Set.of(run.manifest().mainThread())) ? "the main thread" : "threads " + threads);
    }

    @ParameterizedTest(name = "There are three rounds of twenty: {0}")
    @FieldSource("asyncRuns")
    void rounds(Run run, Claim claim) {
        claim.article("0×20 | … (its log ends)").expected("0×20 | 1×20 | 2×20").seen(run.log().rounds());
    }

    @ParameterizedTest(name = "The tasks of a request run one after the other: {0}")
    @FieldSource("asyncRuns")
    void order(Run run, Claim claim) {
        claim.article("0, 1, 2").expected("0, 1, 2").seen(run.order());
    }

    @Test
    @DisplayName("The same requests with sync tasks hold a plateau of 12 and take five rounds")
    void sync(Claim claim) {
        claim.article(12).answer("The last task ended after %.1f s with sync tasks, and after %.1f s with async ones."
                .formatted(pool.log().makespan() / 1e6, loop.log().makespan() / 1e6))
                .expected("12 in flight, 0×12 | 0×8 1×4 | 1×12 | 1×4 2×8 | 2×12")
                .seen("%d in flight, %s".formatted(pool.log().plateau(), pool.log().rounds()));
    }

    @Override
    List<Drawing> drawings() {
        return List.of(together("twins", "The same twenty requests", pool, loop),
                inFlight(loop, "Async tasks in flight over time; the dashed line is the prediction"));
    }
}
