///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Twice the threads halve the time, until there are as many threads as requests
//JAVA 25+
//SOURCES lab.java

/*
 * Question     Twenty requests leave a blocking task each behind. How large a pool pays? (fastapi #4221, starlette #1724)
 * Expectation  With N threads, min(N, 20) tasks run at once, so they take 20 / N rounds, rounded up; from 20 threads on, one.
 * Run it       jbang experiments/E07_MoreThreadsThanRequestsGainNothing.java
 */

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("Twice the threads halve the time, until there are as many threads as requests")
class E07_MoreThreadsThanRequestsGainNothing {

    static final int REQUESTS = 20;
    static final Duration SHORT = Duration.ofMillis(250); // a pool of one needs twenty of them

    static final List<Pool> pools = IntStream.of(1, 2, 4, 8, 16, 32, 64).mapToObj(size -> new Pool(size,
            Run.server("pool-of-%02d".formatted(size), "--executor", "pool:" + size, "--tasks", "1").cpus(8).predicting(new Model.Slots(size))
                    .requests(server.Mode.sync, REQUESTS).concurrency(REQUESTS).taskTimeAtMost(SHORT)))
            .toList();

    record Pool(int size, Run run) {
        @Override
        public String toString() {
            return size == 1 ? "1 thread" : size + " threads";
        }
    }

    static void main(String... options) {
        Lab.run(options);
    }

    @ParameterizedTest(name = "As many tasks run at once as there are threads, or requests where these are fewer: {0}")
    @FieldSource("pools")
    void plateau(Pool pool, TestReporter report) {
        Lab.claim(report, pool.run, "not asked", Math.min(pool.size, REQUESTS), pool.run.log().highest());
    }

    @ParameterizedTest(name = "They take 20 / threads rounds at least, rounded up, and no less time than these: {0}")
    @FieldSource("pools")
    void rounds(Pool pool, TestReporter report) {
        var least = Math.ceilDiv(REQUESTS, Math.min(pool.size, REQUESTS));
        var seen = rounds(pool.run.log());
        var times = (double) makespan(pool.run) / pool.run.log().micros();
        Lab.claim(report, pool.run, "not asked", "rounds: %d or more".formatted(least),
                "rounds: %d, in %s task times".formatted(seen, analyze.number(times)), seen >= least && times >= least);
    }

    @Test
    @DisplayName("It stops paying at the first pool with as many threads as there are requests")
    void stopsPaying(TestReporter report) {
        var best = rounds(pools.getLast().run.log());
        var smallest = pools.stream().filter(pool -> rounds(pool.run.log()) == best).findFirst().orElseThrow();
        report.publishEntry("answer", "From the first request to the last end: " + pools.stream()
                .map(pool -> "%s %s ms".formatted(pool, analyze.millis(makespan(pool.run)))).collect(Collectors.joining(", "))
                + ". The smallest pool with the rounds of the largest has %s.".formatted(smallest));
        var expected = pools.stream().filter(pool -> pool.size >= REQUESTS).findFirst().orElseThrow();
        Lab.claim(report, pools.getLast().run, "not asked", expected.toString(), smallest.toString());
    }

    /** The tasks that the busiest thread ran, one after the other. */
    static long rounds(analyze.Log log) {
        var ofThread = new TreeMap<Long, Long>();
        for (var row : log.tasks()) ofThread.merge(row.getLong("thread"), 1L, Long::sum);
        return Collections.max(ofThread.values());
    }

    /** Microseconds from the first request to the last end. */
    static long makespan(Run run) {
        var tasks = run.tasks();
        return tasks.stream().mapToLong(Run.Task::ended).max().orElseThrow() - tasks.stream().mapToLong(Run.Task::received).min().orElseThrow();
    }
}
