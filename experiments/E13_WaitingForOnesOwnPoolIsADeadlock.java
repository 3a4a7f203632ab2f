///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION A task that waits for another task of its own full pool waits for ever
//JAVA 25+
//SOURCES lab.java

/*
 * Question     Each of four tasks hands another one to the executor that it runs on, and waits for it. What if that has four
 *              threads? (Asked in FastAPI's issue 3205 and scala-best-practices' issue 17.)
 * Expectation  A deadlock: all four threads wait for tasks in the queue, which wait for a thread. Nothing ends before somebody
 *              gives up. On virtual threads, of which there are enough, the same four tasks end at once.
 * Run it       jbang experiments/E13_WaitingForOnesOwnPoolIsADeadlock.java
 *
 * The four meet before they wait, so that the pool is full without a doubt. Then each waits for a bounded time. Who gives up
 * frees a thread, and that one runs the whole queue: whose bound is not over yet gets through. So one deadlock or more is seen.
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

@DisplayName("Waiting for one's own pool is a deadlock")
class E13_WaitingForOnesOwnPoolIsADeadlock {

    static final int POOL = 4;
    static final int BOUND_SECONDS = 5; // ample: where there is no deadlock, only the inner task's time passes
    static final int INNER_MILLIS = 300;

    // A wait that is bounded is a task that takes as long as the bound.
    static final Run pool = waiting("pool", FourThreads.class).taskTime(Duration.ofSeconds(BOUND_SECONDS)).predicting(new Model.Slots(POOL));
    static final Run virtual =
            waiting("virtual", VirtualThreads.class).taskTimeAtMost(Duration.ofMillis(INNER_MILLIS)).predicting(new Model.Unbounded());

    static void main(String... options) {
        Lab.run(options);
    }

    static Run waiting(String name, Class<?> executor) {
        return Run.server(name, "--tasks", "1", "--executor", "class:" + executor.getName(), "--work", "class:" + WaitsForAnother.class.getName())
                .requests(server.Mode.sync, POOL);
    }

    // ---- In the server's process: the executor is where the work can reach it

    static final class Shared {
        static ExecutorService executor;
        static final Phaser allHere = new Phaser(POOL);
    }

    public static final class FourThreads implements Supplier<ExecutorService> {
        @Override
        public ExecutorService get() {
            return Shared.executor = Executors.newFixedThreadPool(POOL);
        }
    }

    public static final class VirtualThreads implements Supplier<ExecutorService> {
        @Override
        public ExecutorService get() {
            return Shared.executor = Executors.newVirtualThreadPerTaskExecutor();
        }
    }

    /** The bound was over, and the inner task had not begun: it lay in the queue still. */
    public static final class Deadlock extends RuntimeException {}

    public static final class WaitsForAnother implements Runnable {
        @Override
        public void run() {
            Shared.allHere.arriveAndAwaitAdvance();
            var begun = new CompletableFuture<Boolean>();
            var inner = Shared.executor.submit(() -> {
                begun.complete(true);
                Thread.sleep(INNER_MILLIS);
                return null;
            });
            try {
                inner.get(BOUND_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException boundIsOver) {
                if (!begun.isDone()) throw new Deadlock();
            } catch (InterruptedException | ExecutionException other) {
                throw new IllegalStateException(other);
            }
        }
    }

    @Test
    @DisplayName("In a pool of four threads it is a deadlock, which ends only because somebody gives up")
    void deadlock(TestReporter report) {
        var deadlocks = outcomes(pool).getOrDefault(Deadlock.class.getName(), 0L);
        Lab.claim(report, pool, "not asked", "1 or more of 4", deadlocks + " of " + pool.tasks().size(), deadlocks > 0);
    }

    @Test
    @DisplayName("All four threads wait, and none of the four ends before the bound is over")
    void nothingEnds(TestReporter report) {
        var allHere = pool.tasks().stream().mapToLong(Run.Task::started).max().orElseThrow();
        var firstEnd = pool.tasks().stream().mapToLong(Run.Task::ended).min().orElseThrow();
        Lab.claim(report, pool, "not asked", "4 at once, for %d s or more".formatted(BOUND_SECONDS),
                "%d at once, for %.3f s".formatted(pool.log().highest(), (firstEnd - allHere) / 1e6),
                pool.log().highest() == POOL && firstEnd - allHere >= BOUND_SECONDS * 1_000_000L);
    }

    @Test
    @DisplayName("On virtual threads the same tasks succeed: whoever waits keeps no thread from the others")
    void virtual(TestReporter report) {
        Lab.claim(report, virtual, "not asked", POOL + " ok",
                outcomes(virtual).entrySet().stream().map(outcome -> outcome.getValue() + " " + outcome.getKey())
                        .collect(Collectors.joining(", ")));
    }

    /** How many tasks ended how. */
    static Map<String, Long> outcomes(Run run) {
        return run.log().tasks().stringColumn("outcome").asList().stream().collect(Collectors.groupingBy(each -> each, Collectors.counting()));
    }
}
