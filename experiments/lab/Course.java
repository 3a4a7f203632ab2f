import module java.base;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.*;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.opentest4j.reporting.tooling.core.htmlreport.DefaultHtmlReportWriter;
import picocli.CommandLine;
import picocli.CommandLine.*;

/**
 * Measures lessons, judges their claims and writes their pages: what {@code jbang lab} and the main of a lesson do.
 */
@Command(mixinStandardHelpOptions = true, version = "1.0", sortOptions = false,
        description = "Measures this lesson on your machine; its page, logs and pictures go to results/latest/.")
class Course implements Callable<Integer> {

    @Option(names = "--runs", defaultValue = "1", paramLabel = "K",
            description = "Measure everything K times; a claim holds if it held every time (default: "
                    + "${DEFAULT-VALUE}).")
    int runs;
    @Option(names = "--task-time", defaultValue = "3s", paramLabel = "TIME",
            description = "How long a task waits: 3s, 250ms, 1m or ISO-8601; some lessons need another time "
                    + "(default: ${DEFAULT-VALUE}).")
    Duration taskTime;
    @Option(names = "--scale",
            description = "E15: measure a million requests, too; E20: kill thirty times, not ten. This takes "
                    + "20 minutes more, and 2 GB of memory.")
    boolean scale;
    @Option(names = "--out", paramLabel = "DIR",
            description = "Where the results go; a lesson's replace its older ones (default: results/latest).")
    Path out = Proc.house().resolve("results/latest");
    @Spec
    CommandLine.Model.CommandSpec spec;

    private static final String HALF_DONE = "half-done-", OLDER = "older"; // half-done-4711, by the lab's process id
    List<Class<? extends Experiment>> lessons;

    Course(List<Class<? extends Experiment>> lessons) { this.lessons = lessons; }

    /** A lesson's own command, or the lab's, which is a Course as well. */
    static CommandLine commandLine(Course course) {
        var command = new CommandLine(course).registerConverter(Duration.class, Words::duration)
                .registerConverter(int.class, Words::positive);
        if (course.getClass() == Course.class)
            command.setCommandName("jbang experiments/" + course.lessons.getFirst().getName() + ".java");
        return command.setParameterExceptionHandler(Messages::wrongUsage)
                .setExecutionExceptionHandler(new Failure("lab"));
    }

    static void main(CommandLine command, String... options) {
        Locale.setDefault(Locale.ROOT); // the same digits everywhere
        System.exit(command.execute(options));
    }

    @Override
    public Integer call() throws IOException {
        Proc.makeOut(out);
        say("Tasks wait %s, unless a lesson needs another time; the article's waited 3s. The results go to %s%n"
                .formatted(text(taskTime), out));
        sweep(out);
        var verdicts = new ArrayList<Verdict>();
        for (var lesson : lessons) verdicts.add(take(lesson));
        report();
        return finish(verdicts, out);
    }

    /** Writes the index and says how it went; returns the exit code. */
    int finish(List<Verdict> verdicts, Path folder) throws IOException {
        Index.write(folder);
        say("%n%s%nThe course: %s%n".formatted(Index.summary(verdicts), folder.resolve("index.html")));
        return verdicts.stream().allMatch(verdict -> verdict.claims(Verdict.Result.doesNotHold).isEmpty()) ? 0 : 1;
    }

    /** Measures a lesson; its older results are replaced when the new ones are whole. */
    private Verdict take(Class<? extends Experiment> lesson) throws IOException {
        var fresh = out.resolve(HALF_DONE + ProcessHandle.current().pid()); // another lab has another
        var command = "jbang experiments/%s.java --task-time %s%s%s".formatted(lesson.getName(), text(taskTime),
                runs > 1 ? " --runs " + runs : "", scale ? " --scale" : "");
        var verdict = execute(lesson, fresh, taskTime, false, command);
        for (var run = 2; run <= runs; run++) // of other repetitions only the outcomes and figures stay
            verdict = verdict.and(execute(lesson, fresh.resolve("again-" + run), taskTime, false, command), 0);
        var made = fresh.resolve(lesson.getName());
        LessonPage.write(verdict, made);
        var place = out.resolve(lesson.getName());
        var older = Files.createDirectories(fresh.resolve(OLDER)).resolve(lesson.getName());
        if (Files.exists(place)) Files.move(place, older);
        Files.move(made, place);
        var plotly = fresh.resolve("plotly.js"); // which the pages look for beside their folder
        if (Files.exists(plotly)) Files.move(plotly, out.resolve("plotly.js"), StandardCopyOption.REPLACE_EXISTING);
        Proc.delete(fresh);
        say(Index.line(verdict) + "%n".formatted());
        return verdict;
    }

    /** Deletes what interrupted labs left; results that one was about to replace go back to their place. */
    private static void sweep(Path results) throws IOException {
        try (var left = Files.newDirectoryStream(results, HALF_DONE + "*")) {
            for (var folder : left) { // this lab's id may have been another's before
                if (ProcessHandle.of(Long.parseLong(folder.toString().replaceFirst(".*-", "")))
                        .filter(lab -> !lab.equals(ProcessHandle.current())).isPresent())
                    continue;
                var older = folder.resolve(OLDER).toFile().list();
                if (older != null && older.length == 1 && Files.notExists(results.resolve(older[0])))
                    Files.move(folder.resolve(OLDER, older[0]), results.resolve(older[0]));
                Proc.delete(folder);
            }
        }
    }

    /** Judges and draws again what a folder holds of a lesson; the outcomes of other repetitions stay. */
    Verdict again(Class<? extends Experiment> lesson, Path results) throws IOException {
        var folder = results.resolve(lesson.getName());
        var old = Verdict.read(folder);
        var verdict = execute(lesson, results, Duration.ofSeconds(3), true, old.command()).and(old, 1);
        LessonPage.write(verdict, folder);
        return verdict;
    }

    /** JUnit tests a lesson once. */
    private Verdict execute(Class<? extends Experiment> lesson, Path folder, Duration taskTime, boolean replay,
            String command) throws IOException {
        var verdict = new CompletableFuture<Verdict>();
        var request = LauncherDiscoveryRequestBuilder.request().selectors(DiscoverySelectors.selectClass(lesson))
                .configurationParameter("junit.jupiter.execution.timeout.default", "10 m"); // against hanging
        if (!replay) request.configurationParameter("junit.platform.reporting.open.xml.enabled", "true")
                .configurationParameter("junit.platform.reporting.output.dir",
                        folder.resolve(lesson.getName()).resolve("junit").toString());
        try (var session = LauncherFactory.openSession()) {
            new Laboratory.Settings(folder, taskTime, replay, !replay, scale,
                    List.of("-cp", System.getProperty("java.class.path")), command,
                    verdict::complete).putInto(session.getStore());
            session.getLauncher().execute(request.build(), new TestExecutionListener() {
                @Override
                public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                    if (test.isContainer()) result.getThrowable().ifPresent(verdict::completeExceptionally);
                }
            });
            if (!verdict.isDone()) throw new IOException(lesson.getName() + " holds no claim");
            return verdict.join();
        } catch (CompletionException e) {
            throw new IOException("%s could not be measured: %s".formatted(lesson.getName(), e.getCause()), e);
        }
    }

    /** JUnit's own report of what was run here, as one page; an extra, so that a failure is said and no more. */
    private void report() {
        var reports = lessons.stream()
                .map(lesson -> out.resolve(lesson.getName()).resolve("junit/open-test-report.xml")).toList();
        try {
            new DefaultHtmlReportWriter().writeHtmlReport(reports, out.resolve("report.html"));
        } catch (Exception e) { // it declares no other
            spec.commandLine().getErr().println("lab: JUnit's report could not be made: " + e);
        }
    }

    void say(String text) {
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
    }

    /** 3s, 250ms. */
    static String text(Duration time) {
        return time.toMillis() % 1_000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
    }
}
