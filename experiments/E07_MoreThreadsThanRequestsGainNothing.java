///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION More threads than requests gain nothing
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E07_MoreThreadsThanRequestsGainNothing

/*
 * Run it       jbang experiments/E07_MoreThreadsThanRequestsGainNothing.java
 *
 * Asked in FastAPI's issue 4221 and Starlette's 1724.
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "More threads than requests gain nothing",
        question = "Twenty requests leave a blocking task each. From which size on does a larger pool gain nothing?",
        expectation = "With N threads, min(N, 20) tasks run concurrently, so all twenty take 20 / N task times, "
                + "rounded up. From 20 threads on, that is one.")
class E07_MoreThreadsThanRequestsGainNothing extends Experiment {

    static final int CPUS = 8, REQUESTS = 20;
    static final Duration TASK_TIME = Duration.ofMillis(500); // a pool of one needs twenty of them

    /**
     * A pool of so many threads, the concurrency that it should reach, and the task times that it should need at
     * least.
     */
    record Expected(int threads, int concurrency, int taskTimes) {}

    static final List<Expected> EXPECTED =
            List.of(new Expected(1, 1, 20), new Expected(2, 2, 10), new Expected(4, 4, 5), new Expected(8, 8, 3),
                    new Expected(16, 16, 2), new Expected(32, 20, 1), new Expected(64, 20, 1));

    final List<Run> pools = EXPECTED.stream().map(pool -> run("pool-of-%02d".formatted(pool.threads),
            ours().cpus(CPUS).executor("pool:" + pool.threads).tasks(1), Load.concurrent(sync, REQUESTS, REQUESTS))
            .titled(pool.threads == 1 ? "1 thread" : pool.threads + " threads").predicted(Model.fifo(pool.threads))
            .taskTime(TASK_TIME)).toList();

    @ParameterizedTest(
            name = "As many tasks run concurrently as there are threads, but no more than requests: {0}")
    @FieldSource("pools")
    void concurrency(Run run, Claim claim) {
        claim.expected(EXPECTED.get(pools.indexOf(run)).concurrency).seen(run.log().highest());
    }

    @ParameterizedTest(name = "The twenty tasks take at least 20 / threads task times, rounded up: {0}")
    @FieldSource("pools")
    void taskTimes(Run run, Claim claim) {
        var least = EXPECTED.get(pools.indexOf(run)).taskTimes;
        var times = (double) run.log().makespan() / run.log().micros();
        claim.expected(Words.count(least, "task time") + " or more").seen("%.2f task times, %s on the busiest thread"
                .formatted(times, Words.count(busiest(run), "task")), times >= least && busiest(run) >= least);
    }

    @Test
    @DisplayName("The smallest of these pools that has a thread for each request is as fast as any larger one")
    void stopsPaying(Claim claim) {
        var best = busiest(pools.getLast());
        var smallest = pools.stream().filter(run -> busiest(run) == best).findFirst().orElseThrow();
        claim.answer("From the first request to the last end: %s.".formatted(pools.stream()
                .map(run -> "%s %.0f ms".formatted(run, run.log().makespan() / 1e3))
                .collect(Collectors.joining(", "))))
                .expected("32 threads").seen(smallest);
    }

    /** The number of tasks that the busiest thread ran, one after the other. */
    static long busiest(Run run) {
        return Collections.max(
                run.tasks().stream().collect(Collectors.groupingBy(Run.Task::thread, Collectors.counting())).values());
    }

    @Override
    List<Drawing> drawings() {
        return List.of(together("pools", "The same twenty requests", pools.get(0), pools.get(3), pools.get(5)));
    }
}
