///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION While the executor is full, requests are answered as if it were idle
//JAVA 25+
//SOURCES lab.java

/*
 * Question     The executor is full and its queue grows. Then comes a burst of requests. When are they answered?
 *              (After fastapi #676 and starlette #1724: there blocking endpoints and tasks share one pool.)
 * Expectation  At once: the endpoint only promises tasks, so it waits for none. All hundred answers come before any task has ended,
 *              whether tasks block a pool's threads (100 run by then and 100 wait), wait on the event loop or have a virtual thread
 *              each (200 run, none waits).
 * Run it       jbang experiments/E14_AFullExecutorDelaysNoAnswer.java
 *
 * The burst is an open loop: request i is due at its start + i * interval, whatever became of the ones before it, and its latency
 * counts from there. Measured from when it was sent, a stall would count once and hide all the requests that it held up
 * (Gil Tene calls that "coordinated omission").
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("While the executor is full, requests are answered as if it were idle")
class E14_AFullExecutorDelaysNoAnswer {

    static final int BURST = 100;
    static final int POOL = BURST; // so that one burst fills it, a second one queues, and all is over after two rounds
    static final Duration INTERVAL = Duration.ofMillis(2);
    static final Duration TASK_TIME = Duration.ofSeconds(4); // also in a hurry: two bursts take 0.4 s, and longer on a busy machine

    static final String LAST = "last answer, after the first request was sent [ms]";

    /** A run under a name of its own. */
    record Mode(String name, Model.Discipline discipline, Run run) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Mode> modes = List.of(
            bursting("sync", server.Mode.sync, new Model.Slots(POOL), "pool:" + POOL),
            bursting("async", server.Mode.async, new Model.EventLoop(), "default"),
            bursting("virtual", server.Mode.sync, new Model.Unbounded(), "virtual"));

    static void main(String... options) {
        Lab.run(options);
    }

    static Mode bursting(String name, server.Mode mode, Model.Discipline discipline, String executor) {
        return new Mode(name, discipline, Run.server(name, "--tasks", "1", "--executor", executor).cpus(8).predicting(discipline)
                .taskTime(TASK_TIME)
                .sending("twice %d requests, one every %d ms; the second time when all of the first are answered".formatted(BURST,
                        INTERVAL.toMillis()),
                        (url, notes) -> {
                            Run.waits(url.resolve("/warm-up"), BURST, INTERVAL);
                            var get = url.resolve("/?as_async=" + mode.ordinal());
                            var first = System.nanoTime();
                            Run.waits(get, BURST, INTERVAL); // fills the executor
                            var waits = Run.waits(get, BURST, INTERVAL);
                            notes.put(LAST, (System.nanoTime() - first) / 1e6);
                            notes.put("GET meanwhile: p50 [ms]", waits.get(BURST / 2 - 1));
                            notes.put("GET meanwhile: p99 [ms]", waits.get(BURST * 99 / 100 - 1));
                            notes.put("GET meanwhile: max [ms]", waits.getLast());
                        }));
    }

    @ParameterizedTest(name = "When the first task ends, as many tasks run and as many wait as in the model: {0}")
    @FieldSource("modes")
    void full(Mode mode, TestReporter report) {
        var model = Model.schedule(new long[2 * BURST], 1, (_, _) -> TASK_TIME.toNanos() / 1_000, mode.discipline);
        Lab.claim(report, mode.run, "not asked", untilTheFirstEnd(Model.log(model, "model", TASK_TIME)), untilTheFirstEnd(mode.run.log()));
    }

    /** Tasks that started before any ended, and tasks that by then only waited. */
    static String untilTheFirstEnd(analyze.Log log) {
        long end = (long) log.tasks().longColumn("ended").min(), inFlight = 0, waiting = 0;
        for (var row : log.tasks()) {
            if (row.getLong("started") < end) inFlight++;
            else if (row.getLong("queued") < end) waiting++;
        }
        return "%d in flight, %d wait".formatted(inFlight, waiting);
    }

    @ParameterizedTest(name = "The last answer of the burst comes before a task could have ended: {0}")
    @FieldSource("modes")
    void answered(Mode mode, TestReporter report) {
        report.publishEntry("answer",
                "%s: of %d requests to a full executor half were answered within %.1f ms, 99 of 100 within %.1f ms, all within %.1f ms."
                        .formatted(mode, BURST, mode.run.note("GET meanwhile: p50 [ms]"), mode.run.note("GET meanwhile: p99 [ms]"),
                                mode.run.note("GET meanwhile: max [ms]")));
        Lab.claim(report, mode.run, "not asked", "within %d ms of the first request".formatted(TASK_TIME.toMillis()),
                "%.1f ms".formatted(mode.run.note(LAST)), mode.run.note(LAST) < TASK_TIME.toMillis());
    }
}
