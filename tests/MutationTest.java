import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

@DisplayName("A server that was broken on purpose")
class MutationTest {

    /**
     * One way to break the server.
     *
     * @param lesson a claim of it must not hold
     * @param edits  what is replaced in server.java and by what, in turn
     */
    record Mutant(String name, String lesson, String... edits) {
        @Override
        public String toString() {
            return name + ": " + lesson;
        }
    }

    static final String NEXT =
            "if (ended.failure == null && remaining > 1) begin(ended.task.request, ended.task.index + 1);";
    static final String OPEN = "open -= ended.failure == null ? 1 : remaining;";
    static final String FIRST = "if (answer.request != null) loop.execute(() -> begin(answer.request, 0));";

    static final List<Mutant> MUTANTS = List.of(
            new Mutant("The three tasks of a request are one job", "E02", "                var ended = run(task);\n",
                    """
                            for (var i = 0; i < tasks - 1; i++) {
                                var one = run(new Task(task.request, i, System.nanoTime()));
                                loop.execute(() -> {
                                    log(one);
                                    open--;
                                });
                            }
                            var ended = run(new Task(task.request, tasks - 1, System.nanoTime()));
                            """),
            new Mutant("Waiting tasks start LIFO", "E02",
                    "super(size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()", """
                            super(size, size, 0, TimeUnit.SECONDS, new LinkedBlockingDeque<>() {
                                @Override
                                public boolean add(Runnable task) {
                                    addFirst(task);
                                    return true;
                                }
                            }"""),
            new Mutant("The pool has a thread too many", "E12", "availableProcessors() + 4",
                    "availableProcessors() + 5"),
            new Mutant("The pool has a thread too few", "E12", "availableProcessors() + 4",
                    "availableProcessors() + 3"),
            new Mutant("All tasks of a request begin at once", "E12", NEXT, "",
                    FIRST,
                    "if (answer.request != null) loop.execute(() -> IntStream.range(0, tasks).forEach(i -> "
                            + "begin(answer.request, i)));"),
            new Mutant("Async tasks run on the pool", "E12", "if (request.mode == Mode.async) runAsync(task);",
                    "if (tasks < 0) runAsync(task);"),
            new Mutant("The answer is sent after the tasks", "E01", FIRST, "",
                    "                send(exchange, answer);\n", """
                            if (answer.request != null) loop.execute(() -> begin(answer.request, 0));
                            for (var end = System.nanoTime() + tasks * taskTime.toNanos(); answer.request != null
                                    && System.nanoTime() < end;) // not for warm-up's 404
                                LockSupport.parkNanos(end - System.nanoTime());
                            send(exchange, answer);
                            """),
            new Mutant("The last task of a request is lost", "E01", NEXT, NEXT.replace("> 1", "> 2"),
                    OPEN, "open -= ended.failure == null && remaining > 2 ? 1 : remaining;"),
            new Mutant("Each row is written twice", "E12", "        log(ended);\n",
                    "        log(ended);\n        log(ended);\n"),
            new Mutant("The start of a task is its submission", "E02",
                    "this(task, Thread.currentThread().threadId(), started,",
                    "this(task, Thread.currentThread().threadId(), task.queued,"),
            new Mutant("The pool never reuses a thread", "E02", "        void idle() {", """
                    @Override
                    protected void afterExecute(Runnable task, Throwable failure) {
                        throw new IllegalStateException("this thread has done enough");
                    }

                    void idle() {"""),
            new Mutant("A failed task does not stop its request", "E11", NEXT,
                    "if (remaining > 1) begin(ended.task.request, ended.task.index + 1);",
                    OPEN, "open--;"));

    @ParameterizedTest(name = "{0} finds it")
    @FieldSource("MUTANTS")
    @Execution(ExecutionMode.CONCURRENT)
    void isCaught(Mutant mutant, @TempDir Path folder) throws Exception {
        var text = Files.readString(Proc.house().resolve("server.java"));
        for (var i = 0; i < mutant.edits.length; i += 2) {
            assertEquals(2, (" " + text + " ").split(Pattern.quote(mutant.edits[i]), -1).length,
                    "server.java has this once: " + mutant.edits[i]);
            text = text.replace(mutant.edits[i], mutant.edits[i + 1]);
        }
        var source = Files.writeString(folder.resolve("server.java"), text);
        var classPath = System.getProperty("java.class.path");
        Script.compile(source);
        var failures = new ArrayList<Throwable>();
        var claims = judge(mutant.lesson, folder, folder + File.pathSeparator + classPath, failures);
        assertTrue(failures.stream().anyMatch(AssertionError.class::isInstance), // else the server did not even run
                () -> "no claim was decided against it: " + claims);
    }

    @Test
    @DisplayName("Where no server starts, each claim says so, and a picture of several runs is left out")
    void noServer(@TempDir Path folder) throws Exception {
        var claims = judge("E07", folder, "nowhere", new ArrayList<>());
        assertEquals(15, claims.size());
        for (var claim : claims) {
            assertEquals(Verdict.Result.doesNotHold, claim.result());
            assertTrue(claim.seen().contains(" failed: it did not start"), claim::seen);
        }
    }

    @Test
    @DisplayName("A picture that needs a run which failed is left out; the claims are judged all the same")
    void noRunToDraw(@TempDir Path folder) throws Exception {
        var claims = judge("E19", folder, "nowhere", new ArrayList<>());
        assertTrue(claims.getLast().seen().contains(" failed: "), claims::toString);
    }

    /** The claims of a lesson, decided on servers of that class path, and what failed. */
    private static List<Verdict.Judged> judge(String number, Path folder, String classPath, List<Throwable> failures)
            throws Exception {
        var lesson = Lab.lessons().stream().filter(type -> type.getName().startsWith(number + "_")).findFirst()
                .orElseThrow();
        var taken = new CompletableFuture<Verdict>();
        var request = LauncherDiscoveryRequestBuilder.request().selectors(DiscoverySelectors.selectClass(lesson))
                .configurationParameter("junit.platform.reporting.output.dir", folder.resolve("junit").toString());
        try (var session = LauncherFactory.openSession()) {
            new Laboratory.Settings(folder.resolve("results"), Duration.ofMillis(300), false, false, false,
                    Script.quick(classPath),
                    "", taken::complete)
                    .putInto(session.getStore());
            session.getLauncher().execute(request.build(), new TestExecutionListener() {
                @Override
                public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                    result.getThrowable().ifPresent(failures::add);
                }
            });
        }
        return taken.get(0, TimeUnit.SECONDS).claims();
    }
}
