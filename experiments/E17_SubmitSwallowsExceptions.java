///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION submit() swallows exceptions
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E17_SubmitSwallowsExceptions

/*
 * Run it       jbang experiments/E17_SubmitSwallowsExceptions.java
 *
 * This lesson is about the JDK's executors alone, so there is no server and no run. Each wrong way has its right
 * twin:
 *     submit(work)                 execute(work), or submit(work).get()
 *     scheduleAtFixedRate(work)    scheduleAtFixedRate(work that catches)
 * After Starlette's issue 1589.
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@Lesson(title = "submit() swallows exceptions",
        question = "A background task throws, and nobody waits for its result. Who sees the exception?",
        expectation = "After submit() nobody: the exception stays in the Future. After execute() it reaches the "
                + "thread's uncaught exception handler. A periodic task that throws never runs again, and nobody is "
                + "told, as ScheduledExecutorService documents.")
class E17_SubmitSwallowsExceptions extends Experiment {

    static final int OFTEN = 5;
    static final long PERIOD_MILLIS = 10;

    @Test
    @DisplayName("After submit() the exception reaches nobody: the thread's uncaught exception handler is not called")
    void submit(Claim claim) throws InterruptedException {
        var calls = Words.count(handled(ExecutorService::submit), "call") + " of the handler";
        claim.answer("After submit(): %s for uncaught exceptions.".formatted(calls)).expected("0 calls of the handler")
                .seen(calls);
    }

    @Test
    @DisplayName("After execute() the same exception reaches the thread's uncaught exception handler")
    void execute(Claim claim) throws InterruptedException {
        var calls = Words.count(handled(ExecutorService::execute), "call") + " of the handler";
        claim.answer("After execute(): %s.".formatted(calls)).expected("1 call of the handler").seen(calls);
    }

    @Test
    @DisplayName("After submit() and get() it reaches the caller, as the cause of an ExecutionException")
    void get(Claim claim) throws InterruptedException {
        claim.expected("IllegalStateException: on purpose");
        try (var pool = Executors.newSingleThreadExecutor()) {
            pool.submit(E17_SubmitSwallowsExceptions::fail).get();
            claim.seen("nothing");
        } catch (ExecutionException e) {
            claim.seen("%s: %s".formatted(e.getCause().getClass().getSimpleName(), e.getCause().getMessage()));
        }
    }

    @Test
    @DisplayName("A periodic task that throws never runs again; one that catches keeps running")
    void periodic(Claim claim) throws InterruptedException {
        var throwing = new AtomicInteger();
        var catching = new AtomicInteger();
        var often = new CountDownLatch(OFTEN);
        try (var scheduler = Executors.newScheduledThreadPool(1)) {
            scheduler.scheduleAtFixedRate(() -> {
                throwing.incrementAndGet();
                fail();
            }, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
            scheduler.scheduleAtFixedRate(() -> {
                catching.incrementAndGet();
                try {
                    fail();
                } catch (RuntimeException caught) {
                    often.countDown();
                }
            }, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
            often.await();
        }
        claim.expected("throws: 1 start, catches: 5 starts or more") // a sixth may begin before the end
                .seen("throws: %s, catches: %s or more".formatted(Words.count(throwing.get(), "start"),
                        Words.count(Math.min(OFTEN, catching.get()), "start")));
    }

    static void fail() {
        throw new IllegalStateException("on purpose");
    }

    /** How often one task that throws makes its thread call the uncaught exception handler. */
    static int handled(BiConsumer<ExecutorService, Runnable> start) throws InterruptedException {
        var calls = new AtomicInteger();
        var threads = new ConcurrentLinkedQueue<Thread>();
        var pool = Executors.newFixedThreadPool(1, work -> {
            var thread = new Thread(work);
            thread.setUncaughtExceptionHandler((_, _) -> calls.incrementAndGet());
            threads.add(thread);
            return thread;
        });
        start.accept(pool, E17_SubmitSwallowsExceptions::fail);
        pool.close();
        for (var thread : threads) thread.join(); // the handler is the last thing that a thread runs
        return calls.get();
    }
}
