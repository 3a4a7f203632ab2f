///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Runs the experiments on this machine and writes down, claim by claim, what held
//JAVA 25+
//SOURCES Run.java
//SOURCES E*.java
//DEPS org.junit:junit-bom:6.1.3@pom
//DEPS org.junit.jupiter:junit-jupiter
//DEPS org.junit.platform:junit-platform-launcher
//DEPS org.junit.platform:junit-platform-reporting
//RUNTIME_OPTIONS --sun-misc-unsafe-memory-access=allow
//MAIN Lab

/*
 * Question     What of the article holds on this machine?
 * Expectation  All of it, but for what the experiments say.
 * Run it       jbang lab, or jbang lab E02 E04
 */

import module java.base;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.TestReporter;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.*;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.reporting.legacy.xml.LegacyXmlReportGeneratingListener;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "lab", mixinStandardHelpOptions = true, version = "1.0", sortOptions = false,
        description = "Runs experiments and writes results/latest/: logs, pictures and, in README.md, what held.")
class Lab implements Callable<Integer> {

    @Parameters(paramLabel = "EXPERIMENT", arity = "0..*", description = "E02, or any beginning of a name; without one, all.")
    List<String> names = List.of("E");
    @Option(names = "--task-time", defaultValue = "3s", paramLabel = "TIME",
            description = "How long a task waits: 3s, 250ms, 1m or ISO-8601 (default: ${DEFAULT-VALUE}).")
    Duration taskTime;
    @Option(names = "--out", paramLabel = "DIR", description = "Where the results go (default: results/latest).")
    Path out = house().resolve("results").resolve("latest");
    @Spec
    Model.CommandSpec spec;

    static void main(String... args) {
        System.exit(new CommandLine(new Lab()).registerConverter(Duration.class, server::duration).execute(args));
    }

    /** For an experiment that is run by its own file. */
    static void run(String name, String... options) {
        main(Stream.concat(Stream.of(name), Stream.of(options)).toArray(String[]::new));
    }

    @Override
    public Integer call() throws IOException {
        Run.taskTime = taskTime;
        Run.results = out;
        var chosen = new TreeSet<String>();
        for (var name : names) {
            var found = classes(Pattern.quote(name) + "\\w*").stream().filter(each -> each.matches("[A-Z]\\d+_\\w+")).toList();
            if (found.isEmpty()) {
                var known = String.join("%n  ".formatted(), classes("E\\d+_\\w+"));
                throw new ParameterException(spec.commandLine(), "There is no experiment %s. There are:%n  %s".formatted(name, known));
            }
            chosen.addAll(found);
        }
        System.out.printf("Tasks wait %s; the article's waited 3 s. The results go to %s%n", analyze.text(taskTime), out);
        var claims = execute(List.copyOf(chosen), out, Lab::say);
        var logs = new ArrayList<analyze.Log>();
        for (var experiment : chosen) {
            try (var files = Files.list(Files.createDirectories(out.resolve(experiment)))) {
                for (var events : files.filter(file -> file.toString().endsWith(".csv")).sorted().toList()) {
                    logs.add(analyze.read(events, experiment, taskTime));
                    analyze.draw(logs.getLast(), Path.of(events.toString().replace(".csv", "")), out);
                }
            }
        }
        var twins = twins(logs);
        if (!twins.isEmpty()) Files.writeString(out.resolve("twins.svg"), analyze.lanesDrawing(twins));
        var notebook = out.resolve("README.md");
        Files.writeString(notebook, notebook(claims, taskTime));
        var failed = claims.stream().filter(claim -> !claim.holds()).toList();
        System.out.printf("%n%d of %d claims hold on this machine. The notebook is %s%n", claims.size() - failed.size(), claims.size(), notebook);
        failed.forEach(
                claim -> System.out.printf("%s: %s: expected %s, saw %s%n", claim.number(), claim.sentence, claim.entry("expected"), claim.seen()));
        return failed.isEmpty() ? 0 : 1;
    }

    /** The folder that the lab lives in, if this is it or one inside it; else the current folder. */
    static Path house() {
        var here = Path.of("").toAbsolutePath();
        for (var folder = here; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("experiments/lab.java"))) return folder;
        }
        return here;
    }

    // ---- Claims

    /** Says what is expected and what is seen, for the reports, and fails where the two differ. */
    static void claim(TestReporter report, String article, Object expected, Object seen) {
        claim(report, article, expected, seen, expected.equals(seen));
    }

    /** The same where more than one thing seen is as expected. */
    static void claim(TestReporter report, String article, Object expected, Object seen, boolean holds) {
        report.publishEntry("article", article);
        report.publishEntry("expected", expected.toString());
        report.publishEntry("seen", seen.toString());
        Assertions.assertTrue(holds, () -> "expected " + expected + ", saw " + seen);
    }

    /** "0, 1, 2" if every request's tasks ran in that order and none began before the one before had ended; else what was seen. */
    static String orderWithinRequests(Run run) {
        var requests = run.tasks().stream().collect(Collectors.groupingBy(Run.Task::request)).values();
        return requests.stream().map(tasks -> {
            var byStart = tasks.stream().sorted(Comparator.comparing(Run.Task::started)).toList();
            var overlap = pairs(byStart).anyMatch(pair -> pair.get(1).started() < pair.get(0).ended());
            return byStart.stream().map(task -> "" + task.index()).collect(Collectors.joining(", ")) + (overlap ? " overlapping" : "");
        }).distinct().sorted().collect(Collectors.joining(" or "));
    }

    static <T> Stream<List<T>> pairs(List<T> list) {
        return IntStream.range(1, list.size()).mapToObj(i -> list.subList(i - 1, i + 1));
    }

    // ---- Running them, by JUnit

    /** A claim as it came out, with the entries that it published. */
    record Claim(String experiment, String title, String sentence, Map<String, String> entries, boolean holds, Optional<Throwable> failure) {
        /** E02 of E02_SyncTasksPlateauAtThePool. */
        String number() {
            return experiment.replaceFirst("_.*", "");
        }

        String entry(String key) {
            return entries.getOrDefault(key, "");
        }

        String seen() {
            return entries.containsKey("seen") ? entry("seen") : failure.map(Throwable::getMessage).orElse("");
        }

        String verdict() {
            return holds ? "holds" : entries.containsKey("seen") ? "does not hold" : "not tested";
        }
    }

    /** The classes of this program whose names match, in their order. */
    static List<String> classes(String pattern) {
        try (var jar = new JarFile(new File(Lab.class.getProtectionDomain().getCodeSource().getLocation().toURI()))) {
            return jar.stream().map(entry -> entry.getName().replace(".class", "")).filter(name -> name.matches(pattern)).sorted().toList();
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs test classes one after the other, tells each claim as it comes, and leaves both kinds of XML report in the folder. */
    static List<Claim> execute(List<String> classes, Path reports, Consumer<Claim> onClaim) throws IOException {
        Files.createDirectories(reports);
        var claims = new ArrayList<Claim>();
        var entries = new HashMap<TestIdentifier, Map<String, String>>();
        var listener = new TestExecutionListener() {
            TestPlan plan;

            @Override
            public void testPlanExecutionStarted(TestPlan started) {
                plan = started;
            }

            @Override
            public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
                entries.computeIfAbsent(test, _ -> new HashMap<>()).putAll(entry.getKeyValuePairs());
            }

            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest() || result.getStatus() != Status.SUCCESSFUL) { // a class that cannot start counts as failed
                    var parent = plan.getParent(test).filter(_ -> test.isTest()).orElse(test);
                    claims.add(new Claim(parent.getLegacyReportingName(), parent.getDisplayName(), test.getDisplayName(),
                            entries.getOrDefault(test, Map.of()), result.getStatus() == Status.SUCCESSFUL, result.getThrowable()));
                    onClaim.accept(claims.getLast());
                }
            }
        };
        var request = LauncherDiscoveryRequestBuilder.request().selectors(classes.stream().map(DiscoverySelectors::selectClass).toList())
                .configurationParameter("junit.jupiter.testclass.order.default", "org.junit.jupiter.api.ClassOrderer$ClassName")
                .configurationParameter("junit.jupiter.testmethod.order.default", "org.junit.jupiter.api.MethodOrderer$MethodName")
                .configurationParameter("junit.jupiter.execution.timeout.default", "5 m") // against hanging, not for speed
                .configurationParameter("junit.platform.reporting.open.xml.enabled", "true")
                .configurationParameter("junit.platform.reporting.output.dir", reports.toString()).build();
        LauncherFactory.create().execute(request, listener, new LegacyXmlReportGeneratingListener(reports, new PrintWriter(System.err)));
        return claims;
    }

    /** One line a claim while the lab runs; before the first of an experiment, its title. */
    static void say(Claim claim) {
        if (!claim.experiment.equals(said)) System.out.printf("%n%s%n", claim.title);
        said = claim.experiment;
        System.out.printf("  %-14s %s: %s%n", claim.verdict(), claim.sentence, claim.seen());
        if (!claim.entry("answer").isEmpty()) System.out.printf("  %-14s %s%n", "", claim.entry("answer"));
    }

    private static String said = "";

    // ---- The notebook

    /** The same experiment sync and async: of the runs of both modes with equally many requests, the largest whose lanes are requests. */
    static List<analyze.Log> twins(List<analyze.Log> logs) {
        return logs.stream().filter(log -> log.mode().equals("sync") && log.requests() <= analyze.MOST_REQUEST_LANES)
                .sorted(Comparator.comparing(analyze.Log::requests).reversed())
                .flatMap(sync -> logs.stream().filter(log -> log.mode().equals("async") && log.requests() == sync.requests()).limit(1)
                        .map(async -> List.of(sync, async)))
                .findFirst().orElse(List.of());
    }

    static String notebook(List<Claim> claims, Duration taskTime) {
        var text = new StringBuilder("""
                # What held on this machine

                How many background tasks does a web server run at once, and why? %d of %d claims hold.

                ![The same requests with sync and with async tasks](twins.svg)

                | experiment | claim | the article | expected here | seen here | verdict |
                | --- | --- | --- | --- | --- | --- |
                """.formatted(claims.stream().filter(Claim::holds).count(), claims.size()));
        for (var claim : claims) {
            text.append(Stream.of(claim.number(), claim.sentence, claim.entry("article"), claim.entry("expected"), claim.seen(),
                    claim.verdict()).map(cell -> cell.replace("|", "\\|").replace('\n', ' ')).collect(Collectors.joining(" | ", "| ", " |\n")));
        }
        for (var experiment : claims.stream().collect(Collectors.groupingBy(Claim::experiment, TreeMap::new, Collectors.toList())).entrySet()) {
            text.append("\n## %s: %s\n\n".formatted(experiment.getValue().getFirst().number(), experiment.getValue().getFirst().title));
            experiment.getValue().stream().map(claim -> claim.entry("answer")).filter(answer -> !answer.isEmpty())
                    .forEach(answer -> text.append(answer).append("\n\n"));
            text.append("![Lanes: a bar a task](%1$s/events-lanes.svg)\n\n![Tasks in flight over time](%1$s/events-in-flight.svg)\n"
                    .formatted(experiment.getKey()));
        }
        text.append("\n## The machine\n\n| | |\n| --- | --- |\n| task time | %s |\n".formatted(analyze.text(taskTime)));
        Run.machine().forEach((name, value) -> text.append("| %s | %s |\n".formatted(name, value)));
        return text.append(
                "\nAgain: `jbang lab`. Each picture has a page of the same name that ends in `.html`; `jbang analyze.java` draws them anew.\n")
                .toString();
    }
}
