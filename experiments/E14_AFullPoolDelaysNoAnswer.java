///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION A full pool delays no answer
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E14_AFullPoolDelaysNoAnswer

/*
 * Run it       jbang experiments/E14_AFullPoolDelaysNoAnswer.java
 *
 * After FastAPI's issue 676 and Starlette's 1724: there, blocking endpoints and tasks share one pool. The requests
 * are sent in an open loop: request i is due at start + i × 2 ms, whatever became of those before it, and its
 * latency counts from there. Counted from when it was sent, a stall would count once and hide all the requests that
 * it held up ("coordinated omission", Gil Tene).
 */

import module java.base;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "A full pool delays no answer",
        question = "All 100 threads of the pool are busy, and 100 more requests arrive. When are they answered?",
        expectation = "Immediately: the endpoint waits for no task. All answers arrive before any task has ended. By "
                + "then, 100 tasks are in flight and 100 are queued on a pool of 100 threads; on the event loop and "
                + "on virtual threads, all 200 are in flight.")
class E14_AFullPoolDelaysNoAnswer extends Experiment {

    static final int CPUS = 8, BURST = 100; // the first burst fills the pool, the second one queues
    static final Duration APART = Duration.ofMillis(2);
    static final Duration TASK_TIME = Duration.ofSeconds(6); // both bursts take 0.4 s, on a busy machine longer

    static final String LAST = "last answer, after the first request was due [ms]";
    static final String MEDIAN = "answer to a full server: median [ms]", P99 = "answer to a full server: p99 [ms]",
            MAX = "answer to a full server: max [ms]";

    final Run pool = bursts("sync", sync, "pool:100").titled("sync, a pool of 100").predicted(Model.fifo(100));
    final Run eventLoop = bursts("async", async, "pool:100").predicted(Model.eventLoop());
    final Run virtual = bursts("virtual", sync, "virtual")
            .titled("sync, virtual threads").predicted(Model.unbounded());

    Run bursts(String name, Server.Mode mode, String executor) {
        var description = ("# two bursts of %d requests GET /?as_async=%d, one every %d ms; "
                + "the second starts when the first is answered")
                .formatted(BURST, mode.ordinal(), APART.toMillis());
        return run(name, ours().cpus(CPUS).tasks(1).executor(executor), new Load(description,
                (url, figures) -> twice(url, mode, figures))).taskTime(TASK_TIME);
    }

    static void twice(URI url, Server.Mode mode, Map<String, Double> figures) throws Exception {
        var begun = System.nanoTime();
        Load.latencies(url, mode, BURST, APART);
        var latencies = Load.latencies(url, mode, BURST, APART);
        figures.put(LAST, (System.nanoTime() - begun) / 1e6);
        figures.put(MEDIAN, latencies.getValueAtPercentile(50) / 1e6);
        figures.put(P99, latencies.getValueAtPercentile(99) / 1e6);
        figures.put(MAX, latencies.getMaxValue() / 1e6);
    }

    @ParameterizedTest(name = "All 200 tasks are submitted before one ends, and only a pool queues some: {0}")
    @FieldSource("runs")
    void full(Run run, Claim claim) {
        var firstEnd = run.tasks().stream().mapToLong(Run.Task::ended).min().orElseThrow();
        var inFlight = run.tasks().stream().filter(task -> task.started() < firstEnd).count();
        var submitted = run.tasks().stream().filter(task -> task.queued() < firstEnd).count();
        claim.expected(run == pool ? "100 in flight, 100 queued" : "200 in flight, 0 queued")
                .seen("%d in flight, %d queued".formatted(inFlight, submitted - inFlight));
    }

    @ParameterizedTest(name = "The last answer arrives before any task could have ended: {0}")
    @FieldSource("runs")
    void answered(Run run, Claim claim) {
        claim.expected("less than 6,000 ms after the first request")
                .answer(("%s: of the second 100 requests, half were answered within %.1f ms, "
                        + "99 within %.1f ms, all within %.1f ms.")
                        .formatted(run, run.figure(MEDIAN), run.figure(P99), run.figure(MAX)))
                .seen("%.1f ms".formatted(run.figure(LAST)), run.figure(LAST) < TASK_TIME.toMillis());
    }

    @Override
    List<Drawing> drawings() {
        return List.of(inFlight(pool, "A pool of 100: half of the tasks are queued, but no answer is held up"),
                inFlight(eventLoop, "Async tasks: none is queued"));
    }
}
