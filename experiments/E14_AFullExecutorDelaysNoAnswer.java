///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION While the executor is full, requests are answered as if it were idle
//JAVA 25+
//SOURCES lab.java

/*
 * Question     The executor is full and its queue grows. Then comes a burst of requests. When are they answered?
 * Expectation  At once: the endpoint only promises tasks, so it waits for none. The slowest of three hundred answers comes long
 *              before any task has ended, whether tasks block a pool's threads, wait on the event loop or have a virtual thread each.
 * Run it       jbang experiments/E14_AFullExecutorDelaysNoAnswer.java
 *
 * The burst is an open loop: request i is due at its start + i * interval, whatever became of the ones before it, and its latency
 * counts from there. Measured from when it was sent, a stall would count once and hide all the requests that it held up
 * ("coordinated omission").
 */

import module java.base;
import module java.net.http;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("While the executor is full, requests are answered as if it were idle")
class E14_AFullExecutorDelaysNoAnswer {

    static final int POOL = 12; // the article's, on 8 CPUs
    static final int BEFORE = 100; // requests that fill the executor
    static final int BURST = 300;
    static final Duration INTERVAL = Duration.ofMillis(2);
    static final long TASK_SECONDS = 3;

    /** A run under a name of its own. */
    record Mode(String name, Run run, int least) {
        @Override
        public String toString() {
            return name;
        }
    }

    // In the pool later tasks take no time, which no discipline of the model has; so it has no prediction.
    static final List<Mode> modes = List.of(
            new Mode("sync", bursting(server.Mode.sync, "sync", "--work", "class:" + FirstOnesWait.class.getName()), POOL),
            new Mode("async", bursting(server.Mode.async, "async").predicting(new Model.EventLoop()), BEFORE),
            new Mode("virtual", bursting(server.Mode.sync, "virtual", "--executor", "virtual").predicting(new Model.Unbounded()), BEFORE));

    static void main(String... options) {
        Lab.run(options);
    }

    static Run bursting(server.Mode mode, String name, String... options) {
        var all = Stream.concat(Stream.of("--tasks", "1"), Stream.of(options)).toArray(String[]::new);
        return Run.server(name, all).cpus(8).taskTimeAtLeast(Duration.ofSeconds(TASK_SECONDS)).taskTimeAtMost(Duration.ofSeconds(TASK_SECONDS))
                .sending("%d requests as fast as they go, then %d more, one every %d ms".formatted(BEFORE, BURST, INTERVAL.toMillis()),
                        (url, notes) -> {
                            try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
                                burst(http, url.resolve("/warm-up"), 404);
                                client.send(url, mode.ordinal(), BEFORE, 1, _ -> {});
                                var latencies = burst(http, url.resolve("/?as_async=" + mode.ordinal()), 200);
                                notes.put("GET meanwhile: p50 [ms]", latencies.get(BURST / 2 - 1) / 1e6);
                                notes.put("GET meanwhile: p99 [ms]", latencies.get(BURST * 99 / 100 - 1) / 1e6);
                                notes.put("GET meanwhile: max [ms]", latencies.getLast() / 1e6);
                            }
                        });
    }

    /** Tasks that wait until the first one is through: the pool is full for that long, and then has nothing more to do. */
    public static final class FirstOnesWait implements Runnable {
        private final AtomicLong first = new AtomicLong();

        @Override
        public void run() {
            var now = System.nanoTime();
            first.compareAndSet(0, now);
            for (var end = first.get() + TASK_SECONDS * 1_000_000_000; now < end; now = System.nanoTime()) LockSupport.parkNanos(end - now);
        }
    }

    /** Nanoseconds from when each request was due to its answer, in ascending order. */
    static List<Long> burst(HttpClient http, URI url, int status) {
        var request = HttpRequest.newBuilder(url).build();
        var latencies = new ArrayList<CompletableFuture<Long>>();
        var start = System.nanoTime();
        for (var i = 0; i < BURST; i++) {
            var due = start + i * INTERVAL.toNanos();
            for (var now = System.nanoTime(); now < due; now = System.nanoTime()) LockSupport.parkNanos(due - now);
            latencies.add(http.sendAsync(request, HttpResponse.BodyHandlers.discarding()).thenApply(answer -> {
                if (answer.statusCode() != status) throw new IllegalStateException("the answer was " + answer.statusCode());
                return System.nanoTime() - due;
            }));
        }
        return latencies.stream().map(CompletableFuture::join).sorted().toList();
    }

    @ParameterizedTest(name = "When the last request of the burst comes, the executor holds all it can, and no task has ended: {0}")
    @FieldSource("modes")
    void full(Mode mode, TestReporter report) {
        var tasks = mode.run.tasks();
        var last = tasks.stream().mapToLong(Run.Task::received).max().orElseThrow();
        var inFlight = tasks.stream().filter(task -> task.started() <= last && task.ended() > last).count();
        var ended = tasks.stream().filter(task -> task.ended() <= last).count();
        Lab.claim(report, mode.run, "not asked", mode.least + " or more in flight, 0 ended", inFlight + " in flight, " + ended + " ended",
                inFlight >= mode.least && ended == 0);
    }

    @ParameterizedTest(name = "The slowest answer of the burst comes sooner than a task could have ended: {0}")
    @FieldSource("modes")
    void answered(Mode mode, TestReporter report) {
        var slowest = mode.run.note("GET meanwhile: max [ms]");
        report.publishEntry("answer",
                "%s: of %d requests to a full executor half were answered within %.1f ms, 99 of 100 within %.1f ms, all within %.1f ms."
                        .formatted(mode, BURST, mode.run.note("GET meanwhile: p50 [ms]"), mode.run.note("GET meanwhile: p99 [ms]"), slowest));
        Lab.claim(report, mode.run, "not asked", "less than %d ms".formatted(TASK_SECONDS * 1_000), "%.1f ms".formatted(slowest),
                slowest < TASK_SECONDS * 1_000);
    }
}
