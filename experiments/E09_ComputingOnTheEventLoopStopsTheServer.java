///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Tasks that compute share the cores, and on the event loop they stop the server
//JAVA 25+
//SOURCES lab.java

/*
 * Question     What if a task computes instead of waiting, the article's last open point? (fastapi #404, #1313, starlette #2972)
 * Expectation  On a pool, more threads than cores add no speed: with four a core, each task takes four times as long (on an
 *              idle machine; 1.5 times at least on a busy one). On the event loop one task computes at a time, and the
 *              slowest GET meanwhile waits for a whole task at least.
 * Run it       jbang experiments/E09_ComputingOnTheEventLoopStopsTheServer.java
 */

import module java.base;
import org.junit.jupiter.api.*;

@DisplayName("Tasks that compute share the cores, and on the event loop they stop the server")
class E09_ComputingOnTheEventLoopStopsTheServer {

    static final int STEPS = 50_000_000; // of a task, which is an amount of work: how long it takes is measured
    static final Duration ABOUT = Duration.ofMillis(Math.round(alone())); // from which the model predicts
    static final int CORES = Runtime.getRuntime().availableProcessors();
    static final int MANY = 4 * CORES; // threads
    static final int GETS = 24; // four come while one task computes alone

    static final String ALONE = "a task alone [ms]", SLOWEST = "GET meanwhile: slowest [ms]";
    static final Run one = run("pool-of-1", 1).sending(MANY + " GETs at once", (url, notes) -> atOnce(url, notes));
    static final Run cores = run("pool-of-cores", CORES).sending(MANY + " GETs at once", (url, notes) -> atOnce(url, notes));
    static final Run many = run("pool-of-4-a-core", MANY).sending(MANY + " GETs at once", (url, notes) -> atOnce(url, notes));
    static final Run pool = run("gets-and-pool", CORES).sending("24 GETs, 4 a task", (url, notes) -> gets(url, 0, notes));
    static final Run loop = run("gets-and-event-loop", 1).sending("24 GETs, 4 a task", (url, notes) -> gets(url, 1, notes));

    /** Computes the same, however long it takes. */
    public static class Compute implements Runnable {
        static volatile long result; // else the compiler might leave the work out

        @Override
        public void run() {
            var x = 88172645463325252L;
            for (var i = 0; i < STEPS; i++) { // xorshift; a sum or a product the compiler would shorten
                x ^= x << 13;
                x ^= x >>> 7;
                x ^= x << 17;
            }
            result = x;
        }
    }

    static void main(String... options) {
        Lab.run(options);
    }

    static Run run(String name, int threads) {
        return Run.server(name, "--executor", "pool:" + threads, "--work", "class:" + Compute.class.getName(), "--tasks", "1")
                .predicting(new Model.Shared(threads, CORES)).taskTime(ABOUT).requests(server.Mode.sync, GETS);
    }

    @Test
    @DisplayName("On one thread, be it a pool's or the event loop, no two tasks overlap")
    void oneThread(TestReporter report) {
        Lab.claim(report, loop, "left open", "1 and 1 at a time", "%d and %d at a time".formatted(one.log().highest(), loop.log().highest()));
    }

    @Test
    @DisplayName("With four threads a core tasks share the cores: each takes longer than alone, by half at least")
    void shared(TestReporter report) {
        var times = taskMillis(many) / many.note(ALONE);
        report.publishEntry("answer", "All tasks took " + Stream.of(one, cores, many).map(run -> "%s ms on a %s".formatted(
                analyze.millis(run.tasks().getLast().ended() - run.tasks().stream().mapToLong(Run.Task::started).min().orElseThrow()), run.name))
                .collect(Collectors.joining(", ")) + "; there each took %s times as long as alone.".formatted(analyze.number(times)));
        Lab.claim(report, many, "left open", "4 times as long, 1.5 at least", analyze.number(times) + " times as long", times >= 1.5);
    }

    @Test
    @DisplayName("Meanwhile the event loop answers nobody: the slowest GET waits for one whole task at least")
    void noAnswer(TestReporter report) {
        report.publishEntry("answer",
                "While tasks of %.0f ms compute on the event loop, the slowest GET waits %.0f ms for its answer; on a pool, %.0f ms."
                        .formatted(taskMillis(loop), loop.note(SLOWEST), pool.note(SLOWEST)));
        var seen = loop.note(SLOWEST) / taskMillis(loop);
        Lab.claim(report, loop, "left open", "1 task or more", analyze.number(seen) + " tasks", seen >= 1);
    }

    static void atOnce(URI url, Map<String, Double> notes) throws Exception {
        notes.put(ALONE, alone());
        client.send(url, 0, MANY, MANY, _ -> {});
    }

    static void gets(URI url, int asAsync, Map<String, Double> notes) {
        var apart = Duration.ofNanos((long) (alone() * 1e6 / 4));
        notes.put(SLOWEST, Run.waits(url.resolve("/?as_async=" + asAsync), GETS, apart).getLast());
    }

    /** Milliseconds that a task takes here and now, with nothing beside it: the shortest of three. */
    static double alone() {
        return LongStream.range(0, 3).map(_ -> -System.nanoTime()).map(begun -> {
            new Compute().run();
            return begun + System.nanoTime();
        }).min().orElseThrow() / 1e6;
    }

    static double taskMillis(Run run) {
        return run.tasks().stream().mapToLong(task -> task.ended() - task.started()).sorted().skip(run.tasks().size() / 2).findFirst().orElseThrow()
                / 1e3;
    }
}
