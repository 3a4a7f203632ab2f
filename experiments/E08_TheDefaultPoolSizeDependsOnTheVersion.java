///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The default pool size depends on the version
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E08_TheDefaultPoolSizeDependsOnTheVersion

/*
 * Run it       jbang experiments/E08_TheDefaultPoolSizeDependsOnTheVersion.java
 *
 * Asked in FastAPI's issues 676, 4304 and 4221, and Starlette's 1724. The pool of 2021 was asyncio's; since Starlette
 * 0.15 it is AnyIO's. Which waiting task starts next depends on AnyIO's version: in 3.6.2 the newest one (LIFO), in
 * others the one that has waited longest (FIFO). So nothing is predicted for FastAPI.
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "The default pool size depends on the version",
        question = "Sixty requests leave a blocking task each (in FastAPI, three), on the same machine. How many run "
                + "concurrently with the default pool of each version of Python and of AnyIO?",
        expectation = "Python 3.5 to 3.7: CPUs × 5. Python 3.8 and later: min(32, CPUs + 4). AnyIO, in FastAPI since "
                + "Starlette 0.15: 40, however many CPUs. On 4 CPUs 20, 8 and 40; on 8 CPUs 40, 12 and 40. "
                + "server.java stands in for each version, with a pool of that size.")
class E08_TheDefaultPoolSizeDependsOnTheVersion extends Experiment {

    static final int REQUESTS = 60;
    static final Duration TASK_TIME = Duration.ofSeconds(1); // all requests arrive before the first task ends

    final List<Integer> expected = List.of(20, 8, 40, 40, 12, 40);
    final List<Run> rules = List.of(rule("Python 3.5 to 3.7", 4, 20), rule("Python 3.8", 4, 8), rule("AnyIO", 4, 40),
            rule("Python 3.5 to 3.7", 8, 40), rule("Python 3.8", 8, 12), rule("AnyIO", 8, 40));
    final Run fastapi = run("fastapi", peer("fastapi"), Load.sequential(sync, REQUESTS)).titled("FastAPI")
            .atLeast(Duration.ofSeconds(2));

    Run rule(String name, int cpus, int threads) {
        return run("%s-%d-cpus".formatted(name.toLowerCase(Locale.ROOT).replace(' ', '-'), cpus),
                ours().cpus(cpus).executor("pool:" + threads).tasks(1),
                Load.concurrent(sync, REQUESTS, REQUESTS)).titled("%s on %d CPUs".formatted(name, cpus))
                .predicted(Model.fifo(threads)).taskTime(TASK_TIME);
    }

    @ParameterizedTest(name = "The highest concurrency is what the version''s rule says: {0}")
    @FieldSource("rules")
    void highest(Run run, Claim claim) {
        claim.expected(expected.get(rules.indexOf(run))).seen(run.log().highest());
    }

    @ParameterizedTest(name = "The sixty tasks take at least 60 / threads task times, rounded up: {0}")
    @FieldSource("rules")
    void taskTimes(Run run, Claim claim) {
        var times = (double) run.log().makespan() / run.log().micros();
        var least = Math.ceilDiv(REQUESTS, expected.get(rules.indexOf(run)));
        claim.expected(Words.count(least, "task time") + " or more").seen("%.2f task times".formatted(times),
                times >= least);
    }

    @Test
    @DisplayName("On 8 CPUs, Python 3.8 cut the pool from 40 threads to 12, and AnyIO restored 40; on 4 CPUs all "
            + "three differ")
    void rulesDiffer(Claim claim) {
        var highest = rules.stream().map(run -> "" + run.log().highest()).toList();
        claim.answer(("With the pools of Python 3.5 to 3.7, Python 3.8 and AnyIO, at most %s tasks run concurrently "
                + "on 8 CPUs, and %s on 4.").formatted(String.join(", ", highest.subList(3, 6)),
                        String.join(", ", highest.subList(0, 3))))
                .expected("20, 8, 40; 40, 12, 40")
                .seen(String.join(", ", highest.subList(0, 3)) + "; " + String.join(", ", highest.subList(3, 6)));
    }

    @Test
    @DisplayName("FastAPI on AnyIO: 40 tasks start before the first of them ends")
    void slotsOfFastApi(Claim claim) {
        var firstEnd = fastapi.tasks().stream().mapToLong(Run.Task::ended).min().orElseThrow();
        claim.article(12)
                .answer("%s: at most %d tasks were in flight.".formatted(fastapi.manifest().about().software(),
                        fastapi.log().highest()))
                .expected(40).seen(fastapi.tasks().stream().filter(task -> task.started() < firstEnd).count());
    }

    @Test
    @DisplayName("FastAPI on AnyIO: five rounds where waiting tasks start FIFO, four to six where they start LIFO, as "
            + "in AnyIO 3.6.2")
    void roundsOfFastApi(Claim claim) {
        var tasks = fastapi.tasks();
        var lifo = tasks.stream().anyMatch(task -> tasks.stream()
                .anyMatch(other -> other.queued() > task.queued() && other.ended() < task.started()));
        var rounds = fastapi.log().rounds();
        var fifo = "0×40 | 0×20 1×20 | 1×40 | 2×40 | 2×20";
        var count = Rounds.of(fastapi.log(), 0).count();
        claim.article("FIFO")
                .answer("Its waiting tasks start %s.".formatted(lifo ? "LIFO" : "FIFO"))
                .expected(lifo ? "4 to 6 rounds" : fifo)
                .seen(rounds, lifo ? count >= 4 && count <= 6 : rounds.equals(fifo));
    }

    @Override
    List<Drawing> drawings() {
        return List.of(together("on-8-cpus", "The same sixty requests", rules.get(3),
                rules.get(4), rules.get(5)));
    }
}
