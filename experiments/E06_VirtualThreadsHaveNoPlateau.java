///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION On virtual threads sync tasks have no plateau, and the system has no thread for each of them
//JAVA 25+
//SOURCES lab.java

/*
 * Question     A thousand requests leave a blocking task each behind. How many run at once on virtual threads, and how
 *              many threads does the operating system see? (Spring Boot #39529: the pool's settings are ignored; JEP 444.)
 * Expectation  All thousand, as on a pool without a limit; that one takes a thread of the system for each, virtual threads
 *              less than a tenth of it. A task that blocks inside synchronized holds no carrier since JDK 24 (JEP 491).
 *              The model has each task wait from its own start; these wait for the last one first, and so end together, later.
 * Run it       jbang experiments/E06_VirtualThreadsHaveNoPlateau.java
 */

import module java.base;
import org.junit.jupiter.api.*;

@DisplayName("On virtual threads sync tasks have no plateau, and the system has no thread for each of them")
class E06_VirtualThreadsHaveNoPlateau {

    static final int REQUESTS = 1_000;
    static final int UNDER_WAY = 20; // at a time
    static final int CPUS = 8; // and so 8 carriers, the threads that virtual threads run on
    static final Duration TASK_TIME = Duration.ofSeconds(2); // after the last task has come

    static final Run virtual = run("virtual", "virtual", Together.class);
    static final Run cached = run("cached", "cached", Together.class);
    static final Run inSynchronized = run("in-synchronized", "virtual", Synchronized.class);

    /** Blocks until all are there, however slowly they come, and the task time longer; where there is a plateau, they never are. */
    public static class Together implements Runnable {
        final CountDownLatch missing = new CountDownLatch(REQUESTS);

        @Override
        public void run() {
            try {
                missing.countDown();
                if (!missing.await(20, TimeUnit.SECONDS)) throw new IllegalStateException("not all tasks run at once");
                Thread.sleep(TASK_TIME);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The same while it holds a monitor of its own, which until JDK 23 held the carrier, too. */
    public static class Synchronized extends Together {
        @Override
        public void run() {
            synchronized (new Object()) {
                super.run();
            }
        }
    }

    static void main(String... options) {
        Lab.run(options);
    }

    static Run run(String name, String executor, Class<? extends Together> work) {
        return Run.server(name, "--executor", executor, "--work", "class:" + work.getName(), "--tasks", "1").cpus(CPUS)
                .predicting(new Model.Unbounded()).requests(server.Mode.sync, REQUESTS).concurrency(UNDER_WAY)
                .taskTime(TASK_TIME);
    }

    @Test
    @DisplayName("A thousand blocking tasks are in flight at once, and none has waited for another to end")
    void noPlateau(TestReporter report) {
        Lab.claim(report, virtual, "not asked", REQUESTS, virtual.log().highest());
    }

    @Test
    @DisplayName("A pool without a limit does the same with a thread of the system for each task in flight")
    void threadsOfThePool(TestReporter report) {
        var threads = threadsOfTheSystem(cached);
        Lab.claim(report, cached, "not asked", "%d in flight on as many threads or more".formatted(REQUESTS),
                "%d in flight on %.0f threads".formatted(cached.log().highest(), threads),
                cached.log().highest() == REQUESTS && threads >= REQUESTS);
    }

    @Test
    @DisplayName("Virtual threads take less than a tenth of these threads")
    void threadsOfTheSystem(TestReporter report) {
        var ofThePool = threadsOfTheSystem(cached);
        var ofVirtual = threadsOfTheSystem(virtual);
        report.publishEntry("answer", "With %d tasks in flight the system saw %.0f threads of the unlimited pool's server, which held %.0f MB, "
                .formatted(REQUESTS, ofThePool, cached.note("memory [MB]"))
                + "and %.0f of the one with virtual threads, %.0f MB.".formatted(ofVirtual, virtual.note("memory [MB]")));
        Lab.claim(report, virtual, "not asked", "less than a tenth", ofVirtual < ofThePool / 10 ? "less than a tenth"
                : "%.0f threads instead of %.0f".formatted(ofVirtual, ofThePool));
    }

    @Test
    @DisplayName("Tasks that block inside synchronized do not hold the carriers: all are in flight, not one a CPU")
    void pinning(TestReporter report) {
        Lab.claim(report, inSynchronized, "not asked", REQUESTS, inSynchronized.log().highest());
    }

    @Test
    @DisplayName("Each of the thousand tasks has a virtual thread of its own")
    void aThreadEach(TestReporter report) {
        Lab.claim(report, virtual, "not asked", REQUESTS, virtual.log().threads());
    }

    /** The most that the run had at a moment, with those of the JVM itself. */
    static double threadsOfTheSystem(Run run) {
        var threads = run.note("threads of the system");
        Assumptions.assumeFalse(Double.isNaN(threads), "only where there is /proc the threads of the system were counted");
        return threads;
    }
}
