///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION A failure in a task that was submitted is kept in a Future that nobody asks, and a periodic task that throws stops for good
//JAVA 25+
//SOURCES lab.java

/*
 * Question     A background task throws, and nobody waits for it. Who learns of it? (starlette #1589; here, of the JDK's executors)
 * Expectation  Nobody after submit(): the failure is kept in its Future. After execute() the thread's uncaught handler does.
 *              A periodic task that throws once is, as ScheduledExecutorService documents, never run again, and says nothing.
 * Run it       jbang experiments/E17_TheFailureNobodySees.java
 *
 * Each wrong way has its right twin:  submit() | execute(), or submit() and get()
 *                                     scheduleAtFixedRate(work) | scheduleAtFixedRate(work that catches)
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

@DisplayName("A failure that nobody asks for is seen by nobody")
class E17_TheFailureNobodySees {

    static final int TIMES = 5;
    static final long PERIOD_MILLIS = 10;

    static final String SUBMITTED = "submit: failures that reached the uncaught handler";
    static final String EXECUTED = "execute: failures that reached the uncaught handler";
    static final String ASKED = "submit and get: failures that reached the caller";
    static final String THROWING = "periodic and throwing: runs";
    static final String CATCHING = "periodic and catching: runs";

    /** One ordinary request, so that there is a log: all that the model can predict, for who learns of a failure is no question of when. */
    static final Run run = Run.server("server", "--tasks", "1").taskTimeAtMost(Duration.ofMillis(100)).predicting(new Model.EventLoop())
            .sending("jbang client.java 1 1, and beside it tasks that throw, on executors of the experiment's own", (url, notes) -> {
                client.send(url, 1, 1, 1, _ -> {});
                notes.put(SUBMITTED, reachTheHandler(ExecutorService::submit));
                notes.put(EXECUTED, reachTheHandler(ExecutorService::execute));
                notes.put(ASKED, reachTheCaller());
                periodic(notes);
            });

    static void main(String... options) {
        Lab.run(options);
    }

    static void fail() {
        throw new IllegalStateException("on purpose");
    }

    /** How many failures of one task that throws come to the handler of the thread that ran it. */
    static double reachTheHandler(BiConsumer<ExecutorService, Runnable> handOver) throws InterruptedException {
        var seen = new AtomicInteger();
        var threads = new ConcurrentLinkedQueue<Thread>();
        var pool = Executors.newFixedThreadPool(1, work -> {
            var thread = new Thread(work);
            thread.setUncaughtExceptionHandler((_, _) -> seen.incrementAndGet());
            threads.add(thread);
            return thread;
        });
        handOver.accept(pool, E17_TheFailureNobodySees::fail);
        pool.close();
        for (var thread : threads) thread.join(); // the handler is the last thing that a thread runs
        return seen.get();
    }

    static double reachTheCaller() throws InterruptedException {
        try (var pool = Executors.newFixedThreadPool(1)) {
            pool.submit(E17_TheFailureNobodySees::fail).get();
            return 0;
        } catch (ExecutionException seen) {
            return 1;
        }
    }

    /** Both at the same pace on one thread, until the one that catches has run often enough. */
    static void periodic(Map<String, Double> notes) throws InterruptedException {
        var throwing = new AtomicInteger();
        var catching = new AtomicInteger();
        var often = new CountDownLatch(TIMES);
        try (var scheduler = Executors.newScheduledThreadPool(1)) {
            scheduler.scheduleAtFixedRate(() -> {
                throwing.incrementAndGet();
                fail();
            }, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
            scheduler.scheduleAtFixedRate(() -> {
                catching.incrementAndGet();
                try {
                    fail();
                } catch (RuntimeException logged) {
                    often.countDown();
                }
            }, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
            often.await();
        }
        notes.put(THROWING, throwing.doubleValue());
        notes.put(CATCHING, catching.doubleValue());
    }

    @Test
    @DisplayName("After submit() a failure leaves no trace: the uncaught handler of the thread is not called")
    void submit(TestReporter report) {
        Lab.claim(report, run, "not asked", 0L, Math.round(run.note(SUBMITTED)));
    }

    @Test
    @DisplayName("After execute() the same failure comes to the thread's uncaught handler, and after submit() and get() to the caller")
    void execute(TestReporter report) {
        Lab.claim(report, run, "not asked", "1 and 1", "%.0f and %.0f".formatted(run.note(EXECUTED), run.note(ASKED)));
    }

    @Test
    @DisplayName("A periodic task that throws never runs again; one that catches runs on, at the same pace on the same thread")
    void periodic(TestReporter report) {
        var runs = run.note(CATCHING);
        Lab.claim(report, run, "not asked", "1 and %d or more".formatted(TIMES), "%.0f and %.0f".formatted(run.note(THROWING), runs),
                run.note(THROWING) == 1 && runs >= TIMES);
    }
}
