///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Waiting on your own pool deadlocks
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E13_WaitingOnYourOwnPoolDeadlocks

/*
 * Run it       jbang experiments/E13_WaitingOnYourOwnPoolDeadlocks.java
 *
 * The four tasks meet before they wait, so the pool is certainly full. Then each waits for at most five seconds.
 * The first task to time out frees its thread, which then drains the queue; tasks that have not timed out yet
 * succeed. So at least one deadlock is seen, not always four. After FastAPI's issue 3205 and issue 17 of
 * scala-best-practices.
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@Lesson(title = "Waiting on your own pool deadlocks",
        question = "Each of four tasks submits another task to the executor that it runs on, and waits for it. What "
                + "happens if that executor has four threads?",
        expectation = "A deadlock. All four threads wait for tasks in the queue, and these wait for a thread. No "
                + "task ends until a wait times out after 5 s; that frees a thread, so others may succeed. On virtual "
                + "threads, of which there are always enough, the same four tasks all succeed.")
class E13_WaitingOnYourOwnPoolDeadlocks extends Experiment {

    static final int CPUS = 8, POOL = 4;
    static final long TIMEOUT_SECONDS = 5; // ample: without a deadlock only the inner task's time passes
    static final long INNER_MILLIS = 300;

    final Run pool = waiting("pool-of-4", FourThreads.class)
            .taskTime(Duration.ofSeconds(TIMEOUT_SECONDS)).predicted(Model.fifo(POOL));
    final Run virtual = waiting("virtual-threads", VirtualThreads.class)
            .taskTime(Duration.ofMillis(INNER_MILLIS)).predicted(Model.unbounded());

    Run waiting(String name, Class<? extends Supplier<ExecutorService>> executor) {
        return run(name, ours().cpus(CPUS).tasks(1).executor(executor).work(WaitsForAnother.class),
                Load.sequential(sync, POOL));
    }

    // ---- In the server's process, where the work has to find the executor

    static final class Shared {
        static ExecutorService executor;
        static final Phaser allHere = new Phaser(POOL);
    }

    public static final class FourThreads implements Supplier<ExecutorService> {
        public ExecutorService get() {
            return Shared.executor = Executors.newFixedThreadPool(POOL);
        }
    }

    public static final class VirtualThreads implements Supplier<ExecutorService> {
        public ExecutorService get() {
            return Shared.executor = Executors.newVirtualThreadPerTaskExecutor();
        }
    }

    /** The wait timed out before the inner task had started: that was still in the queue. */
    public static final class Deadlock extends RuntimeException {}

    public static final class WaitsForAnother implements Runnable {
        public void run() {
            Shared.allHere.arriveAndAwaitAdvance();
            var started = new CompletableFuture<Boolean>();
            var inner = Shared.executor.submit(() -> {
                started.complete(true);
                Thread.sleep(INNER_MILLIS);
                return null;
            });
            try {
                inner.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException timedOut) {
                if (!started.isDone()) throw new Deadlock();
            } catch (InterruptedException | ExecutionException other) {
                throw new IllegalStateException(other);
            }
        }
    }

    @Test
    @DisplayName("On four threads it is a deadlock, which ends only because a wait times out")
    void deadlock(Claim claim) {
        var deadlocks = pool.tasks().stream().filter(task -> task.outcome().equals(Deadlock.class.getName())).count();
        claim.answer("On four threads, %d of 4 tasks timed out.".formatted(deadlocks))
                .expected("1 or more of 4 tasks time out")
                .seen("%d of %d tasks time out".formatted(deadlocks, pool.tasks().size()), deadlocks >= 1);
    }

    @Test
    @DisplayName("All four threads wait, and no task ends before a wait times out")
    void nothingEnds(Claim claim) {
        var allHere = pool.tasks().stream().mapToLong(Run.Task::started).max().orElseThrow();
        var waited = pool.tasks().stream().mapToLong(Run.Task::ended).min().orElseThrow() - allHere;
        var highest = pool.log().highest();
        claim.expected("4 in flight, for 5 s or longer")
                .seen("%d in flight, for %.3f s".formatted(highest, waited / 1e6),
                        highest == 4 && waited >= 5_000_000);
    }

    @Test
    @DisplayName("On virtual threads the same four tasks succeed: a waiting task does not hold up another one")
    void virtual(Claim claim) {
        var succeeded = virtual.tasks().stream().filter(task -> task.outcome().equals("ok")).count();
        claim.answer("On virtual threads, %d of 4 succeeded.".formatted(succeeded)).expected("4 of 4 succeed")
                .seen(succeeded + " of 4 succeed");
    }
}
