///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION One blocking call in an async task makes all tasks queue, and every GET with them
//JAVA 25+
//SOURCES lab.java

/*
 * Question     What if an async task calls something that blocks, as time.sleep does? (fastapi #404, #1313)
 * Expectation  Wrong: one task at a time, 24 one after the other, and a GET that comes meanwhile waits for them, too.
 *              Right: an async task that waits without blocking, or a sync task that blocks a thread of the pool: 8 at once.
 * Run it       jbang experiments/E10_ABlockingCallInAnAsyncTaskBlocksTheServer.java
 */

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("One blocking call in an async task makes all tasks queue, and every GET with them")
class E10_ABlockingCallInAnAsyncTaskBlocksTheServer {

    static final int REQUESTS = 8; // fewer than the pool has threads
    static final Duration TASK_TIME = Duration.ofMillis(400); // that the blocking call takes, and that the other task waits
    static final Duration APART = TASK_TIME.dividedBy(5); // the last request comes after the first task, and before the first third one
    static final String BLOCKING = "class:" + Blocking.class.getName();

    static final String SLOWEST = "GET meanwhile: slowest [ms]", PER_SECOND = "GET meanwhile: answers a second";

    static final Run wrong = run("wrong", server.Mode.async, "--work", BLOCKING).predicting(new Model.Slots(1));
    static final Run right = run("right", server.Mode.async).predicting(new Model.EventLoop());
    static final Run alsoRight = run("also-right", server.Mode.sync, "--work", BLOCKING).predicting(new Model.Slots(12));

    static final List<Side> rightOnes = List.of(new Side("an async task that waits", right), new Side("a sync task that blocks", alsoRight));

    record Side(String name, Run run) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** The call that does not belong into an async task. */
    public static class Blocking implements Runnable {
        @Override
        public void run() {
            try {
                Thread.sleep(TASK_TIME);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static void main(String... options) {
        Lab.run(options);
    }

    static Run run(String name, server.Mode mode, String... options) {
        return Run.server(name, options).cpus(8).requests(mode, REQUESTS).taskTime(TASK_TIME)
                .sending("%d GETs, one every %d ms".formatted(REQUESTS, APART.toMillis()), (url, notes) -> gets(url, mode.ordinal(), notes));
    }

    @Test
    @DisplayName("Wrong: one task is in flight at a time, though all are async, and the last of 24 ends 24 task times after the first began")
    void oneAtATime(TestReporter report) {
        var tasks = wrong.tasks();
        var took = tasks.getLast().ended() - tasks.stream().mapToLong(Run.Task::started).min().orElseThrow();
        Lab.claim(report, wrong, "not asked", "1 at a time, 24 task times or more", "%d at a time, %s".formatted(wrong.log().highest(),
                took >= 3 * REQUESTS * wrong.log().micros() ? "24 task times or more" : analyze.millis(took) + " ms"));
    }

    @ParameterizedTest(name = "Right: all requests have a task in flight at once: {0}")
    @FieldSource("rightOnes")
    void allAtOnce(Side side, TestReporter report) {
        Lab.claim(report, side.run, "not asked", side.run.model().highest(), side.run.log().highest());
    }

    @Test
    @DisplayName("It is the same thread, wrong and right: the main one")
    void sameThread(TestReporter report) {
        var seen = Stream.of(wrong, right).map(run -> run.tasks().stream().allMatch(task -> task.thread() == run.mainThread())
                ? "main"
                : "other").collect(Collectors.joining(" and "));
        Lab.claim(report, right, "main and main", "main and main", seen);
    }

    @Test
    @DisplayName("Wrong: the slowest GET waits for one whole task at least; right: it waits less")
    void gets(TestReporter report) {
        report.publishEntry("answer", Stream.of(wrong, right, alsoRight).map(run -> "%s: the slowest GET waited %.0f ms, %s answers a second"
                .formatted(run.name, run.note(SLOWEST), analyze.number(run.note(PER_SECOND)))).collect(Collectors.joining("; ", "", ".")));
        var least = wrong.log().micros() / 1e3;
        var holds = wrong.note(SLOWEST) >= least && Stream.of(right, alsoRight).allMatch(run -> run.note(SLOWEST) < wrong.note(SLOWEST));
        Lab.claim(report, wrong, "not asked", "%.0f ms or longer, and right less than wrong".formatted(least), "%.0f ms, and right %.0f and %.0f ms"
                .formatted(wrong.note(SLOWEST), right.note(SLOWEST), alsoRight.note(SLOWEST)), holds);
    }

    static void gets(URI url, int asAsync, Map<String, Double> notes) {
        var begun = System.nanoTime();
        notes.put(SLOWEST, Run.waits(url.resolve("/?as_async=" + asAsync), REQUESTS, APART).getLast());
        notes.put(PER_SECOND, REQUESTS * 1e9 / (System.nanoTime() - begun));
    }
}
