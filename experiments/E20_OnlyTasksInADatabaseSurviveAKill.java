///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Only tasks in a database survive a kill
//JAVA 25+
//SOURCES lab/Experiment.java
//SOURCES lab/Kills.java
//SOURCES executors/DatabaseExecutor.java
//DEPS com.h2database:h2:2.5.252
//MAIN E20_OnlyTasksInADatabaseSurviveAKill

/*
 * Run it       jbang experiments/E20_OnlyTasksInADatabaseSurviveAKill.java
 *
 * kill -9 at a random moment in the second after a server's first answer, ten times; thirty with --scale. Each server
 * finds what the one before it left; the final one is not killed. In logs, figures and pictures, a thread is a server.
 * A kill is not a power failure: what a process has written is safe in the operating system, even if not on the disk.
 */

import module java.base;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "Only tasks in a database survive a kill", engine = true,
        question = "A server is killed while some tasks run and others wait. Which end after the next start?",
        expectation = "Of a pool's tasks, none. Of those in SQLite, all; some start twice. H2 by default writes with "
                + "a delay and loses some; with WRITE_DELAY=0, fewer. A kill between an answer and the storing "
                + "of its task loses the task: store it first (outbox).")
class E20_OnlyTasksInADatabaseSurviveAKill extends Experiment {

    static final int CPUS = 8, POOL = 12, REQUESTS = 60;
    static final Duration TASK_TIME = Duration.ofMillis(200); // 60 of them take the pool a second
    static final String SQLITE = "jdbc:sqlite:%s/tasks.db?journal_mode=WAL", H2 = "jdbc:h2:%s/tasks";

    final Run pool = killed("a pool", Pool.class, "", 30);
    final Run sqlite = killed("SQLite", DatabaseExecutor.class, SQLITE, 30);
    final Run h2Default = killed("H2 by default", DatabaseExecutor.class, H2, 30).unhurried();
    final Run h2 = killed("H2 with WRITE_DELAY=0", DatabaseExecutor.class, H2 + ";WRITE_DELAY=0", 30).unhurried();
    final List<Arguments> expectations = List.of(Arguments.of(pool, "more than 0"), Arguments.of(sqlite, "0"),
            Arguments.of(h2Default, "more than 0"), Arguments.of(h2, "fewer than H2 by default"));
    final List<Run> unharmed = List.of(killed("a pool, no kill", Pool.class, "", 0).unhurried(),
            killed("SQLite, no kill", DatabaseExecutor.class, SQLITE, 0).unhurried());

    Run killed(String name, Class<? extends Supplier<ExecutorService>> executor, String url, int kills) {
        var what = "# %d requests to each; killed: %s".formatted(REQUESTS, kills == 0 ? "none" : "all but the last");
        return observed(name.replaceAll("\\W+", "-"), what, TASK_TIME, (lab, figures) -> {
            var folder = Files.createDirectories(lab.folder().toAbsolutePath().resolve("kills"));
            var journal = Files.createFile(folder.resolve("tasks.csv"));
            var server = ours().cpus(CPUS).tasks(1).executor(executor).jvm("-Djava.io.tmpdir=" + folder,
                    "-Ddatabase.url=" + url.formatted(folder), "-Ddatabase.journal=" + journal,
                    "-Ddatabase.millis=" + TASK_TIME.toMillis());
            var command = Stream.concat(server.command(lab.java()).stream(),
                    Stream.of("--port", "0", "--task-time", TASK_TIME.toMillis() + "ms")).toList();
            var most = Math.min(kills, lab.taskTime().toMillis() < 1_000 ? 2 : lab.scale() ? 30 : 10);
            try {
                return new Kills(command, journal).take(most, REQUESTS, figures);
            } finally {
                Proc.delete(folder);
            }
        }).titled(name);
    }

    /** A pool of the process that writes the same journal. */
    public static final class Pool extends DatabaseExecutor.Journal implements Supplier<ExecutorService> {
        public Pool() throws IOException {}

        @Override
        public ExecutorService get() {
            return new ThreadPoolExecutor(POOL, POOL, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
                @Override
                public void execute(Runnable step) {
                    var id = UUID.randomUUID().toString();
                    add(id, "submitted");
                    super.execute(() -> {
                        add(id, "started");
                        step.run();
                        add(id, "ended");
                    });
                }
            };
        }
    }

    @ParameterizedTest(name = "Of the tasks submitted before a kill, {0} loses {1}", quoteTextArguments = false)
    @FieldSource("expectations")
    void lost(Run run, String expected, Claim claim) {
        var lost = run.figure("lost");
        claim.figure("run", run).answer("%s: %,.0f requests answered, %,.0f tasks submitted, %,.0f of these lost."
                .formatted(run, run.figure("answered"), run.figure("submitted"), lost));
        for (var name : Kills.FIGURES) claim.figure(name, Words.number(run.figure(name)));
        claim.expected(expected).seen(Words.number(lost), switch (expected) {
            case "0" -> lost == 0;
            case "more than 0" -> lost > 0;
            default -> lost < h2Default.figure("lost");
        });
    }

    @ParameterizedTest(name = "Without a kill, each task ends once: {0}")
    @FieldSource("unharmed")
    void once(Run run, Claim claim) {
        claim.figure("run", run).figure("requests/s", Words.number(run.figure("requests/s")))
                .figure("median wait [ms]", Words.number(Figures.Percentiles.of(run.log().waits()).median()))
                .figure("median lateness [ms]", Words.number(Figures.Percentiles.of(run.log().lateness()).median()))
                .expected("60 ends").seen(run.tasks().size() + " ends");
    }

    @Override
    List<Drawing> drawings() {
        return List.of(inFlight(sqlite, "SQLite: what a kill interrupts runs again later. A thread is a server"));
    }
}
