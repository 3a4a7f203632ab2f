///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION A blocking call in an async task blocks the server
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E10_ABlockingCallInAnAsyncTaskBlocksTheServer

/*
 * Run it       jbang experiments/E10_ABlockingCallInAnAsyncTaskBlocksTheServer.java
 *
 * The same eight requests three times: wrong, right, also right. After FastAPI's issues 404 and 1313.
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "A blocking call in an async task blocks the server",
        question = "What happens if an async task calls something that blocks, such as Thread.sleep (time.sleep in "
                + "Python)?",
        expectation = "Wrong: the call blocks the event loop. The 24 tasks run one at a time, and a GET that arrives "
                + "meanwhile waits until the running one ends. Right: an async task that waits without blocking, or "
                + "a sync task that blocks a thread of the pool. Then all 8 requests have a task in flight "
                + "concurrently.")
class E10_ABlockingCallInAnAsyncTaskBlocksTheServer extends Experiment {

    static final int CPUS = 8, POOL = 12, REQUESTS = 8; // fewer requests than threads
    static final long TASK_MILLIS = 400;
    static final Duration TASK_TIME = Duration.ofMillis(TASK_MILLIS);
    static final Duration APART = Duration.ofMillis(80); // the last one comes amid the second tasks of the first

    final Run wrong = run("wrong", ours().cpus(CPUS).work(Blocking.class), Load.openLoop(async, REQUESTS, APART))
            // No prediction: endpoints and tasks take turns on the blocked event loop, in an order not modelled
            .titled("wrong, an async task that blocks").taskTime(TASK_TIME);
    final Run right = run("right", ours().cpus(CPUS), Load.openLoop(async, REQUESTS, APART))
            .titled("right, an async task that waits").taskTime(TASK_TIME).predicted(Model.eventLoop());
    final Run alsoRight = run("also-right", ours().cpus(CPUS).work(Blocking.class),
            Load.openLoop(sync, REQUESTS, APART))
            .titled("also right, a sync task that blocks").taskTime(TASK_TIME).predicted(Model.fifo(POOL));
    final List<Run> rightOnes = List.of(right, alsoRight);

    /** The call that does not belong in an async task. */
    public static class Blocking implements Runnable {
        @Override
        public void run() {
            try {
                Thread.sleep(TASK_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    @DisplayName("Wrong: although all 24 tasks are async, they run one at a time and take at least 24 task times")
    void oneAtATime(Claim claim) {
        var first = wrong.tasks().stream().mapToLong(Run.Task::started).min().orElseThrow();
        var took = wrong.tasks().getLast().ended() - first;
        var highest = wrong.log().highest();
        claim.expected("1 in flight, 24 task times or more")
                .seen("%d in flight, %.1f task times".formatted(highest, took / (double) wrong.log().micros()),
                        highest == 1 && took >= 24 * wrong.log().micros());
    }

    @ParameterizedTest(name = "All 8 requests have a task in flight concurrently; {0}")
    @FieldSource("rightOnes")
    void concurrently(Run run, Claim claim) {
        claim.expected(8).seen(run.log().highest());
    }

    @Test
    @DisplayName("In the wrong and the right run, all tasks run on one thread: the main one")
    void sameThread(Claim claim) {
        claim.expected("wrong: main, right: main")
                .seen("wrong: %s, right: %s".formatted(thread(wrong), thread(right)));
    }

    @Test
    @DisplayName("Wrong: the slowest GET waits until the running task ends, 320 ms or more; right: every GET is "
            + "answered sooner than that slowest one")
    void answers(Claim claim) {
        var slowest = Stream.of(wrong, right, alsoRight).map(run -> run.figure(Load.SLOWEST)).toList();
        // A GET is due within 80 ms after a task of 400 ms has started.
        claim.expected("wrong: 320 ms or more; right and also right: less than wrong")
                .answer("The slowest GET waited %.0f ms (wrong), %.0f ms (right) and %.0f ms (also right)."
                        .formatted(slowest.toArray())
                        + " The endpoint received %.1f, %.1f and %.1f requests a second.".formatted(perSecond(wrong),
                                perSecond(right), perSecond(alsoRight)))
                .seen("%.0f ms; %.0f and %.0f ms".formatted(slowest.toArray()),
                        slowest.getFirst() >= TASK_MILLIS - APART.toMillis()
                                && slowest.stream().skip(1).allMatch(millis -> millis < slowest.getFirst()));
    }

    /** Requests a second that reach the endpoint, between the first and the last. */
    double perSecond(Run run) {
        var received = run.tasks().stream().mapToLong(Run.Task::received).summaryStatistics();
        return (REQUESTS - 1) * 1e6 / (received.getMax() - received.getMin());
    }

    private static String thread(Run run) {
        return run.tasks().stream().allMatch(task -> task.thread() == run.manifest().mainThread()) ? "main"
                : "another";
    }

    @Override
    List<Drawing> drawings() {
        return List.of(together("wrong-right-also-right", "The same requests", wrong, right, alsoRight));
    }
}
