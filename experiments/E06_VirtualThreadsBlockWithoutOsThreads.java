///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Virtual threads block without OS threads
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E06_VirtualThreadsBlockWithoutOsThreads

/*
 * Run it       jbang experiments/E06_VirtualThreadsBlockWithoutOsThreads.java
 *
 * Asked in Spring Boot's issue 39529; see JEP 444 and, for synchronized, JEP 491. Nothing is predicted: a task waits
 * until the last one has started, so how long it takes depends on the arrivals.
 */

import module java.base;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@Lesson(title = "Virtual threads block without OS threads",
        question = "A thousand requests leave a task each, which blocks until all have started, and then for 2 s. "
                + "How many OS threads does it take to run all of them concurrently?",
        expectation = "An unbounded pool needs an OS thread for each task: 1,000 or more. Virtual threads need fewer "
                + "than a tenth as many; tasks that block inside synchronized all run, too.")
class E06_VirtualThreadsBlockWithoutOsThreads extends Experiment {

    static final int CPUS = 8, REQUESTS = 1_000, UNDER_WAY = 20;
    static final long TASK_MILLIS = 2_000, PATIENCE_SECONDS = 20;
    static final String OS_THREADS = "OS threads";

    final Run virtual = blocking("virtual", "virtual", Together.class).titled("virtual threads");
    final Run cached = blocking("cached", "cached", Together.class).titled("an unbounded pool");
    final Run inSynchronized = blocking("in-synchronized", "virtual", Synchronized.class)
            .titled("virtual threads, synchronized");

    Run blocking(String name, String executor, Class<? extends Together> work) {
        return run(name, ours().cpus(CPUS).executor(executor).work(work).tasks(1),
                Load.concurrent(sync, REQUESTS, UNDER_WAY)).about(Duration.ofMillis(TASK_MILLIS));
    }

    /** Blocks until all tasks have started (20 s at most), then for the task time. */
    public static class Together implements Runnable {
        final CountDownLatch missing = new CountDownLatch(REQUESTS);

        @Override
        public void run() {
            try {
                missing.countDown();
                if (!missing.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    throw new IllegalStateException("not all tasks run concurrently");
                Thread.sleep(TASK_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The same while it holds a monitor of its own; until JDK 23 that held the carrier as well. */
    public static class Synchronized extends Together {
        @Override
        public void run() {
            synchronized (new Object()) {
                super.run();
            }
        }
    }

    @Test
    @DisplayName("A thousand blocking tasks are in flight on virtual threads; none has waited for another to end")
    void all(Claim claim) {
        claim.expected(1_000).seen(virtual.log().highest());
    }

    @Test
    @DisplayName("Each of them has a virtual thread of its own")
    void aThreadEach(Claim claim) {
        claim.expected(1_000).seen(virtual.log().threads());
    }

    @Test
    @DisplayName("An unbounded pool does the same with an OS thread for each task")
    void pool(Claim claim) {
        var threads = osThreads(cached);
        claim.expected("1000 in flight on as many OS threads or more").seen("%d in flight on %.0f OS threads"
                .formatted(cached.log().highest(), threads),
                cached.log().highest() == REQUESTS && threads >= REQUESTS);
    }

    @Test
    @DisplayName("Virtual threads need fewer than a tenth as many OS threads as the unbounded pool")
    void fewOsThreads(Claim claim) {
        double few = osThreads(virtual), many = osThreads(cached);
        claim.answer(("1,000 blocking tasks take %,.0f OS threads and %.0f MB on an unbounded pool, %.0f OS threads "
                + "and %.0f MB on virtual threads.").formatted(many, cached.figure("memory [MB]"), few,
                        virtual.figure("memory [MB]")))
                .expected("less than a tenth").seen("%.0f of %.0f".formatted(few, many), few < many / 10);
    }

    @Test
    @DisplayName("Tasks that block inside synchronized do not pin carriers: all are in flight, not one for each CPU")
    void pinning(Claim claim) {
        claim.expected(1_000).seen(inSynchronized.log().highest());
    }

    /** The most that the server's process had at a moment, with those of the JVM itself. */
    static double osThreads(Run run) {
        Assumptions.assumeFalse(Double.isNaN(run.figure(OS_THREADS)),
                "OS threads are counted only where there is /proc");
        return run.figure(OS_THREADS);
    }
}
