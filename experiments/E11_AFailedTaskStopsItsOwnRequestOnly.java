///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION A failed task stops its own request only
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E11_AFailedTaskStopsItsOwnRequestOnly

/*
 * Run it       jbang experiments/E11_AFailedTaskStopsItsOwnRequestOnly.java
 *
 * After Starlette's issues 1589 and 3194. Nothing is predicted: the model knows no failures.
 */

import module java.base;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "A failed task stops its own request only",
        question = "Four requests leave twelve tasks behind, and the first task that runs throws. Which tasks never "
                + "run, and does anything wait for them?",
        expectation = "The two tasks after it in its own request never run. All tasks of the other three requests "
                + "do: 10 of 12 tasks are logged, one of them with the class of its exception. Nothing waits for the "
                + "two, and the server ends as usual.")
class E11_AFailedTaskStopsItsOwnRequestOnly extends Experiment {

    static final int CPUS = 8, REQUESTS = 4;
    static final long TASK_MILLIS = 100;

    final Run onThePool = throwing("sync", sync);
    final Run onTheEventLoop = throwing("async", async); // which the task blocks, as in E10; here that does no harm

    Run throwing(String name, Server.Mode mode) {
        return run(name, ours().cpus(CPUS).work(ThrowsTheFirstTime.class), Load.sequential(mode, REQUESTS))
                .taskTime(Duration.ofMillis(TASK_MILLIS));
    }

    /** All tasks wait; then the one that started first throws. That one is always the first task of its request. */
    public static final class ThrowsTheFirstTime implements Runnable {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public void run() {
            var first = count.getAndIncrement() == 0;
            try {
                Thread.sleep(TASK_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (first) throw new IllegalStateException("the first one");
        }
    }

    @ParameterizedTest(name = "After its first task threw, no other task of that request ran: {0}")
    @FieldSource("runs")
    void ownRequest(Run run, Claim claim) {
        var failed = outcomes(run).filter(outcomes -> !outcomes.stream().allMatch("ok"::equals)).toList();
        claim.expected("1 request with the outcomes IllegalStateException")
                .seen("%s with the outcomes %s".formatted(Words.count(failed.size(), "request"), failed.stream()
                        .map(outcomes -> String.join(", ", outcomes)).collect(Collectors.joining(" and "))));
    }

    @ParameterizedTest(name = "All three tasks of each of the other three requests ran and succeeded: {0}")
    @FieldSource("runs")
    void otherRequests(Run run, Claim claim) {
        var whole = outcomes(run).filter(List.of("ok", "ok", "ok")::equals).count();
        claim.expected("3 requests").seen(whole + " requests");
    }

    // A server that waited for a task that never comes would not end, and there would be no run to judge.
    @ParameterizedTest(name = "Nothing waits for the two missing tasks: the server ended, and ten are logged: {0}")
    @FieldSource("runs")
    void nothingWaits(Run run, Claim claim) {
        claim.answer("%s: %d of 12 tasks ran, %d of them succeeded, and the server ended.".formatted(run,
                run.tasks().size(), outcomes(run).flatMap(List::stream).filter("ok"::equals).count()))
                .expected("10 of 12 tasks").seen("%d of 12 tasks".formatted(run.tasks().size()));
    }

    /** For each request, the outcomes of its tasks. */
    private static Stream<List<String>> outcomes(Run run) {
        return run.tasks().stream().collect(Collectors.groupingBy(Run.Task::request, TreeMap::new,
                Collectors.mapping(task -> task.outcome().replace("java.lang.", ""), Collectors.toList())))
                .values().stream();
    }

    @Override
    List<Drawing> drawings() {
        return List.of(together("both", "Of one request there is a single bar: its first task threw. Async tasks "
                + "that block hold up the event loop (E10), so below they run one after the other",
                onThePool, onTheEventLoop));
    }
}
