///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION CPU-bound tasks on the event loop stop the server
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E09_CpuBoundTasksOnTheEventLoopStopTheServer

/*
 * Run it       jbang experiments/E09_CpuBoundTasksOnTheEventLoopStopTheServer.java
 *
 * Asked in FastAPI's issues 404 and 1313, and Starlette's 2972. A task is an amount of work: how long it takes alone
 * is measured before each run. Nothing is predicted, because the time of a task depends on the machine.
 */

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated // in tests it needs the machine alone
@Lesson(title = "CPU-bound tasks on the event loop stop the server",
        question = "What if a task computes instead of waiting? This is the article's last open question.",
        expectation = "On a pool, more threads than CPUs gain nothing: with four threads per CPU, each task takes "
                + "four times as long as alone. The claim asks only for 1.5 times, as other programs may run. On the "
                + "event loop one task computes at a time, and a GET meanwhile waits for at least one whole task.")
class E09_CpuBoundTasksOnTheEventLoopStopTheServer extends Experiment {

    static final int STEPS = 50_000_000; // of a task
    static final int CPUS = Runtime.getRuntime().availableProcessors(), MANY = 4 * CPUS, GETS = 24;
    static final Duration ABOUT = Duration.ofMillis(100); // nominal; a task takes what it takes
    static final String ALONE = "a task alone [ms]";

    final Run loop = meanwhile("gets-and-event-loop", async);
    final Run pool = meanwhile("gets-and-pool", sync);
    final Run one = computing("pool-of-1", 1);
    final Run cpus = computing("a-thread-a-core", CPUS).titled("a thread per CPU");
    final Run many = computing("four-threads-a-core", MANY).titled("four threads per CPU");

    Run computing(String name, int threads) {
        return run(name, ours().executor("pool:" + threads).work(Compute.class).tasks(1),
                new Load("# " + MANY + " requests at once", (url, figures) -> {
                    figures.put(ALONE, alone());
                    Load.send(url, 0, MANY, MANY, _ -> {});
                })).about(ABOUT);
    }

    Run meanwhile(String name, Server.Mode mode) {
        Load.Sender gets = (url, figures) -> {
            var apart = Duration.ofNanos((long) (alone() * 1e6 / 4));
            figures.put(Load.SLOWEST, Load.latencies(url, mode, GETS, apart).getMaxValue() / 1e6);
        };
        return run(name, ours().executor("pool:" + CPUS).work(Compute.class).tasks(1),
                new Load("# " + GETS + " requests, four in the time that a task takes alone", gets)).about(ABOUT);
    }

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

    @Test
    @DisplayName("On one thread, a pool's or the event loop's, no two tasks overlap")
    void oneThread(Claim claim) {
        claim.article("left open").expected("1 and 1")
                .seen("%d and %d".formatted(one.log().highest(), loop.log().highest()));
    }

    @Test
    @DisplayName("With four threads per CPU, tasks share the CPUs: each takes at least 1.5 times as long as alone")
    void shared(Claim claim) {
        var times = taskMillis(many) / many.figure(ALONE);
        var makespans = Stream.of(one, cpus, many)
                .map(run -> "%.0f ms (%s)".formatted(run.log().makespan() / 1e3, run)).toList();
        claim.article("left open").answer("All %d tasks took %s.".formatted(MANY, String.join(", ", makespans)))
                .expected("4 times as long, 1.5 or more").seen("%.2f times as long".formatted(times), times >= 1.5);
    }

    @Test
    @DisplayName("While a task computes on the event loop, the slowest GET waits for one whole task or more")
    void noAnswer(Claim claim) {
        var times = loop.figure(Load.SLOWEST) / taskMillis(loop);
        claim.article("left open").expected("1 task or more").answer(("While tasks of %.0f ms compute on the event "
                + "loop, the slowest GET waits %.0f ms; on a pool, %.0f ms.").formatted(taskMillis(loop),
                        loop.figure(Load.SLOWEST), pool.figure(Load.SLOWEST)))
                .seen("%.2f tasks".formatted(times), times >= 1);
    }

    /** Milliseconds that a task takes here and now, with nothing else running: the shortest of three. */
    static double alone() {
        return LongStream.range(0, 3).map(_ -> -System.nanoTime()).map(begun -> {
            new Compute().run();
            return begun + System.nanoTime();
        }).min().orElseThrow() / 1e6;
    }

    /** The median of what its tasks took. */
    static double taskMillis(Run run) {
        return Verdict.median(run.tasks().stream().map(task -> (task.ended() - task.started()) / 1e3).toList());
    }
}
