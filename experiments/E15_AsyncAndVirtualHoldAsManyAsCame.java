///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Async tasks and virtual threads run as many at once as came; a pool runs as many as it has threads
//JAVA 25+
//SOURCES lab.java

/*
 * Question     100, 1,000 or 10,000 requests leave a task each. How many run at once, how late are they, and what does it take?
 * Expectation  As many as came, on the event loop as on virtual threads, and that with a few dozen threads of the system. In a
 *              pool as many as it has threads, which are the system's own: 12 by default on 8 CPUs, or 200.
 * Run it       jbang experiments/E15_AsyncAndVirtualHoldAsManyAsCame.java
 *
 * Tasks wait longer the more there are, so that the last request comes before the first task ends. For 100,000 that would
 * be a minute or more; a hurried lab (task time below 1 s) leaves out 10,000, too.
 */

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("Async tasks and virtual threads run as many at once as came")
class E15_AsyncAndVirtualHoldAsManyAsCame {

    static final int CONCURRENCY = 64; // of the client, so that many come in a short time
    static final String THREADS = "threads of the system"; // noted where there is a /proc

    static final SortedMap<Integer, Duration> SIZES = new TreeMap<>(Map.of(
            1_000, Duration.ofSeconds(4), 10_000, Duration.ofSeconds(10)));

    /** So many requests in a mode that has so many slots. */
    record Many(String mode, int requests, int slots, Run run) {
        @Override
        public String toString() {
            return "%s, %,d requests".formatted(mode, requests);
        }
    }

    static final List<Many> unbounded = SIZES.headMap(Run.taskTime.toSeconds() < 1 ? 1_001 : Integer.MAX_VALUE).entrySet().stream()
            .flatMap(size -> Stream.of(
                    many("async", server.Mode.async, "default", size.getKey(), size.getValue(), new Model.EventLoop()),
                    many("virtual", server.Mode.sync, "virtual", size.getKey(), size.getValue(), new Model.Unbounded())))
            .toList();

    static final List<Many> pools = List.of(
            many("default", server.Mode.sync, "default", 100, Duration.ofMillis(100), new Model.Slots(12)),
            many("pool:200", server.Mode.sync, "pool:200", 400, Duration.ofSeconds(1), new Model.Slots(200)));

    static void main(String... options) {
        Lab.run(options);
    }

    static Many many(String mode, server.Mode as, String executor, int requests, Duration taskTime, Model.Discipline discipline) {
        var run = Run.server("%s-%d".formatted(mode.replace(":", "-"), requests), "--tasks", "1", "--executor", executor).cpus(8)
                .taskTimeAtLeast(taskTime).taskTimeAtMost(taskTime).predicting(discipline)
                .sending("jbang client.java %d %d --concurrency %d".formatted(as.ordinal(), requests, CONCURRENCY),
                        (url, _) -> client.send(url, as.ordinal(), requests, CONCURRENCY, _ -> {}));
        return new Many(mode, requests, discipline.slots(), run);
    }

    @ParameterizedTest(name = "As many tasks run at once as requests came: {0}")
    @FieldSource("unbounded")
    void asManyAsCame(Many many, TestReporter report) {
        row(many, report);
        Lab.claim(report, many.run, "not asked", many.requests, many.run.log().highest());
    }

    @ParameterizedTest(name = "As many tasks run at once as the pool has threads: {0}")
    @FieldSource("pools")
    void asManyAsThreads(Many many, TestReporter report) {
        row(many, report);
        Lab.claim(report, many.run, "not asked", many.slots, many.run.log().highest());
    }

    @Test
    @DisplayName("A thousand tasks on virtual threads take fewer threads of the system than a pool of 200")
    void threads(TestReporter report) {
        var virtual = unbounded.stream().filter(many -> many.mode.equals("virtual") && many.requests == 1_000).findAny().orElseThrow().run;
        var pool = pools.getLast().run;
        Assumptions.assumeFalse(Double.isNaN(virtual.note(THREADS)) || Double.isNaN(pool.note(THREADS)), "this system does not tell of its threads");
        Lab.claim(report, virtual, "not asked", "fewer", "%.0f and %.0f".formatted(virtual.note(THREADS), pool.note(THREADS)),
                virtual.note(THREADS) < pool.note(THREADS));
    }

    /** A row of the table. */
    static void row(Many many, TestReporter report) {
        var figures = many.run.log().figures();
        report.publishEntry("answer",
                "%s: %.0f in flight, half of them late by %.1f ms or less and the last by %.1f ms, %.0f threads of the system, %.0f MB."
                        .formatted(many, figures.get("highest"), figures.get("late: median"), figures.get("late: max"), many.run.note(THREADS),
                                many.run.note("memory [MB]")));
    }
}
