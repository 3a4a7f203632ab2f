///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Async and virtual threads scale to 100,000 tasks
//JAVA 25+
//SOURCES lab/Experiment.java
//SOURCES lab/LogLog.java
//MAIN E15_AsyncAndVirtualThreadsScaleTo100000Tasks

/*
 * Run it       jbang experiments/E15_AsyncAndVirtualThreadsScaleTo100000Tasks.java
 *
 * E04 and E06 show twenty and a thousand tasks in flight; here are 100 to 100,000 (with --scale, a million) in a heap
 * of 1 GiB, and their cost. See FastAPI's issues 676, 4304 and 4221, and Starlette's 1724.
 */

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "Async and virtual threads scale to 100,000 tasks",
        question = "100 to 100,000 requests (with --scale, 1,000,000) leave a task each. How many run concurrently, "
                + "how late do they end, and what do they cost?",
        expectation = "On the event loop and on virtual threads: as many as there are requests, with a few dozen OS "
                + "threads. In a pool: never more than it has threads, 12 on 8 CPUs, and each of them is an OS "
                + "thread.")
class E15_AsyncAndVirtualThreadsScaleTo100000Tasks extends Experiment {

    static final int CPUS = 8, POOL = 12;
    static final String OS_THREADS = "OS threads"; // noted where there is a /proc

    /**
     * @param together milliseconds a task waits: so long that the last request arrives before the first task ends
     * @param inTurn   the same for the pool: so long that requests arrive faster than twelve threads end their tasks
     */
    record Size(int requests, int together, int inTurn) {}

    static final List<Size> SIZES = List.of(new Size(100, 1_000, 100), new Size(1_000, 3_000, 10),
            new Size(10_000, 3_000, 3), new Size(100_000, 12_000, 1), new Size(1_000_000, 240_000, 1));

    final List<Run> onTheEventLoop = SIZES.stream().map(size -> predicted(size, Model.eventLoop(),
            many("async", ours(), async, size.requests, size.together))).toList();
    final List<Run> onVirtualThreads = SIZES.stream().map(size -> predicted(size, Model.unbounded(),
            many("virtual threads", ours().executor("virtual"), sync, size.requests, size.together))).toList();
    final List<Run> onTwelve = SIZES.stream().limit(3)
            .map(size -> many("pool of 12", ours(), sync, size.requests, size.inTurn)).toList();
    final Run onTwoHundred = many("pool of 200", ours().executor("pool:200"), sync, 400, 1_000);
    final List<Run> unbounded = Stream.concat(onTheEventLoop.stream(), onVirtualThreads.stream()).toList();

    Run many(String name, Target server, Server.Mode mode, int requests, int millis) {
        var run = run("%s-%d".formatted(name.replace(' ', '-'), requests),
                server.jvm("-Xmx1g").cpus(CPUS).tasks(1).silent(),
                Load.flood(mode, requests)).titled("%s, %,d requests".formatted(name, requests))
                .taskTime(Duration.ofMillis(millis));
        if (requests == 1_000_000) run.atScale();
        return requests >= 10_000 ? run.unhurried() : run;
    }

    static Run predicted(Size size, Model model, Run run) {
        return size.requests < 100_000 ? run.predicted(model) : run; // a prediction is as large as the log
    }

    @ParameterizedTest(name = "As many tasks run concurrently as there are requests: {0}")
    @FieldSource("unbounded")
    void all(Run run, Claim claim) {
        var log = run.log();
        int requests = run.load.requests(), highest = log.highest();
        figures(run, claim).expected(requests);
        if (requests >= 100_000) claim.answer("%s: at most %,d in flight.".formatted(run, highest));
        var inTime = LongStream.of(log.moments("received")).filter(at -> at - log.begun() <= log.micros() / 2).count();
        Assumptions.assumeFalse(inTime <= highest && highest < requests, "a busy machine sent too slowly");
        claim.seen(highest);
    }

    @ParameterizedTest(name = "A pool of 12 threads never runs 13 tasks concurrently, however many there are: {0}")
    @FieldSource("onTwelve")
    void never13(Run run, Claim claim) {
        var highest = run.log().highest();
        figures(run, claim).expected("12, or fewer if requests arrive too slowly to keep 12 threads busy")
                .seen(highest, highest <= POOL);
    }

    @Test
    @DisplayName("A thousand tasks on virtual threads take fewer OS threads than a pool of 200")
    void osThreads(Claim claim) {
        double virtual = onVirtualThreads.get(1).figure(OS_THREADS), pool = onTwoHundred.figure(OS_THREADS);
        Assumptions.assumeFalse(Double.isNaN(virtual + pool), "OS threads are counted only where there is /proc");
        claim.expected("fewer")
                .answer("For 1,000 tasks on virtual threads, the server has %.0f OS threads; with a pool of 200, %.0f."
                        .formatted(virtual, pool))
                .seen("%.0f and %.0f".formatted(virtual, pool), virtual < pool);
    }

    /** The run's row in the page's table. */
    private static Claim figures(Run run, Claim claim) {
        claim.figure("run", run);
        LogLog.costs(run).forEach((cost, value) -> claim.figure(cost, value.isNaN() ? "-" : Words.number(value)));
        return claim;
    }

    @Override
    List<Drawing> drawings() {
        var title = "From 100 requests up: tasks in flight, and what they cost. Where tasks are few, most of the "
                + "memory per task is what the JVM allocates once";
        var runs = new LinkedHashMap<String, List<Run>>();
        runs.put("async", onTheEventLoop);
        runs.put("virtual threads", onVirtualThreads);
        runs.put("pool of 12", onTwelve);
        return List.of(new Drawing("log-log", title, LogLog.of(title, runs)));
    }
}
