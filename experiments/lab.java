///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Runs the experiments on this machine and writes down, claim by claim, what held
//JAVA 25+
//SOURCES Run.java
//SOURCES Notebook.java
//SOURCES Predict.java
//SOURCES E*.java
//SOURCES P*.java
//DEPS org.junit:junit-bom:6.1.3@pom
//DEPS org.junit.jupiter:junit-jupiter
//DEPS org.junit.platform:junit-platform-launcher
//DEPS org.junit.platform:junit-platform-reporting
//DEPS org.opentest4j.reporting:open-test-reporting-cli:0.2.5
//RUNTIME_OPTIONS --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -Dslf4j.provider=org.slf4j.nop.NOPServiceProvider -Dslf4j.internal.verbosity=WARN
//MAIN Lab

/*
 * Question     What of the article holds on this machine?
 * Expectation  All of it, but for what the experiments say.
 * Run it       jbang lab, or jbang lab E02 E04
 */

import module java.base;
import java.awt.Desktop;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.MediaType;
import org.junit.jupiter.api.TestReporter;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.*;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.reporting.legacy.xml.LegacyXmlReportGeneratingListener;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "lab", subcommands = Predict.class, mixinStandardHelpOptions = true, version = "1.0", sortOptions = false,
        description = "Runs experiments and writes results/latest/: logs, pictures, and a notebook (index.html, README.md) that says what held.")
class Lab implements Callable<Integer> {

    @Parameters(paramLabel = "EXPERIMENT", arity = "0..*", description = "E02, or any beginning of a name; without one, all.")
    List<String> names = List.of("E"); // with which all their names begin
    @Option(names = "--runs", defaultValue = "1", paramLabel = "K",
            description = "Run each experiment K times; a claim holds if it held every time.")
    int runs;
    @Option(names = "--task-time", defaultValue = "3s", paramLabel = "TIME",
            description = "How long a task waits: 3s, 250ms, 1m or ISO-8601 (default: ${DEFAULT-VALUE}).")
    Duration taskTime;
    @Option(names = "--out", paramLabel = "DIR",
            description = "Where the results go, in place of older ones (default: results/latest).")
    Path out = house().resolve("results/latest");
    @Option(names = "--open", description = "Open the notebook in the browser at the end.")
    boolean open;
    @Spec
    CommandLine.Model.CommandSpec spec;

    private final List<Claim> outcomes = new ArrayList<>();

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT); // the same digits everywhere
        System.exit(new CommandLine(new Lab()).registerConverter(Duration.class, analyze::duration)
                .setExecutionExceptionHandler((failure, command, _) -> {
                    if (!(failure instanceof IOException)) throw failure;
                    command.getErr().println("lab: " + (failure instanceof FileSystemException ? failure : failure.getMessage()));
                    return 1;
                }).execute(args));
    }

    /** For an experiment that is run by its own file: runs the calling class alone. */
    static void run(String... options) {
        var experiment = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).getCallerClass().getName();
        main(Stream.concat(Stream.of(experiment), Stream.of(options)).toArray(String[]::new));
    }

    // ---- The four things that it does: run, measure the peers, report, compare

    @Override
    public Integer call() throws IOException {
        if (runs < 1) throw new ParameterException(spec.commandLine(), "--runs must be 1 or more, not " + runs);
        var chosen = new TreeSet<String>();
        for (var name : names) {
            var found = classes(Pattern.quote(name) + "\\w*").stream().filter(each -> each.matches("[A-Z]\\d+_\\w+")).toList();
            if (found.isEmpty()) {
                var known = String.join("%n  ".formatted(), classes("E\\d+_\\w+"));
                throw new ParameterException(spec.commandLine(), "There is no experiment %s. There are:%n  %s".formatted(name, known));
            }
            chosen.addAll(found);
        }
        Run.taskTime = taskTime;
        Run.again = false;
        if (Files.exists(out) && !Files.isDirectory(out)) throw new IOException("--out " + out + " is a file, not a folder");
        if (chosen.last().startsWith("P")) System.out.println("The first start of a peer downloads its framework, which may take minutes.");
        for (var old : Notebook.repetitions(out)) {
            for (var experiment : chosen) delete(old.resolve(experiment));
        }
        System.out.printf("Tasks wait %s; the article's waited 3 s. The results go to %s%n", analyze.text(taskTime), out);
        outcomes.clear();
        for (var run = 1; run <= runs; run++) {
            if (runs > 1) System.out.printf("%nRun %d of %d%n", run, runs);
            Run.results = run == 1 ? out : out.resolve("run-" + run);
            outcomes.addAll(execute(List.copyOf(chosen), Run.results.resolve("junit"), Lab::say));
        }
        htmlReport();
        var older = new ArrayList<>(Notebook.experiments(out)); // what was run on another day stays in the notebook
        older.removeAll(chosen);
        outcomes.addAll(judge(out, older));
        return tell(new Notebook(out, outcomes).write(), chosen);
    }

    @Command(name = "peers", mixinStandardHelpOptions = true,
            description = "Measures how many tasks each framework runs at once, and what becomes of those that wait: the atlas.")
    int peers(@Option(names = "--task-time", defaultValue = "3s", paramLabel = "TIME",
            description = "How long a task waits (default: ${DEFAULT-VALUE}).") Duration taskTime,
            @Option(names = "--out", paramLabel = "DIR", description = "Where the results go (default: results/latest).") Path folder)
            throws IOException {
        names = List.of("P");
        this.taskTime = taskTime;
        if (folder != null) out = folder;
        var code = call();
        System.out.print(Atlas.text(outcomes));
        return code;
    }

    @Command(name = "report", mixinStandardHelpOptions = true,
            description = "Judges and draws again what a folder holds, from its events and manifests alone.")
    int report(@Parameters(paramLabel = "DIR", arity = "0..1", description = "The folder (default: results/latest).") Path folder)
            throws IOException {
        var reported = folder == null ? out : folder;
        return tell(judged(reported).write(), Notebook.experiments(reported));
    }

    @Command(name = "compare", mixinStandardHelpOptions = true,
            description = "Shows which claims of two folders agree, and which figures differ and by how much.")
    int compare(@Parameters(paramLabel = "DIR") Path one, @Parameters(paramLabel = "DIR") Path other) throws IOException {
        System.out.print(judged(one).compare(judged(other)));
        return 0;
    }

    private static Notebook judged(Path folder) throws IOException {
        return new Notebook(folder, judge(folder, Notebook.experiments(folder)));
    }

    /** What the runs in a folder say to the claims of today; of experiments that are gone, nothing. */
    private static List<Claim> judge(Path folder, List<String> experiments) throws IOException {
        Run.again = true;
        var outcomes = new ArrayList<Claim>();
        for (var repetition : Notebook.repetitions(folder)) {
            Run.results = repetition;
            outcomes.addAll(execute(experiments.stream().filter(name -> Files.exists(repetition.resolve(name)) && !classes(name).isEmpty()).toList(),
                    null, (_, _) -> {}));
        }
        return outcomes;
    }

    /** Says how the claims of these experiments came out; those of others that the notebook holds do not count. */
    private int tell(Notebook notebook, Collection<String> experiments) throws IOException {
        System.out.printf("%n%s%n", notebook.summary(experiments));
        if (open && Desktop.isDesktopSupported() && Desktop.getDesktop().isSupported(Desktop.Action.BROWSE))
            Desktop.getDesktop().browse(notebook.page().toUri());
        else if (open) System.err.println("lab: found no browser to open it with");
        return notebook.noneFails(experiments) ? 0 : 1;
    }

    /** The folder that the lab lives in, if this is it or one inside it; else the current folder. */
    static Path house() {
        var here = Path.of("").toAbsolutePath();
        for (var folder = here; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("experiments/lab.java"))) return folder;
        }
        return here;
    }

    private static void delete(Path folder) throws IOException {
        if (Files.notExists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    // ---- Claims

    /** Says what is expected and what is seen, for the reports, with the picture of the run; fails where the two differ. */
    static void claim(TestReporter report, Run run, String article, Object expected, Object seen) {
        claim(report, run, article, expected, seen, expected.toString().equals(seen.toString())); // 12 is 12, be it an int or a long
    }

    /** The same where more than one thing seen is as expected. */
    static void claim(TestReporter report, Run run, String article, Object expected, Object seen, boolean holds) {
        report.publishEntry("article", article);
        report.publishEntry("expected", expected.toString());
        report.publishEntry("seen", seen.toString());
        report.publishEntry("plateau", String.valueOf(run.log().plateau()));
        if (!Run.again) {
            report.publishFile(run.name + "-lanes.svg", MediaType.create("image", "svg+xml"),
                    file -> Files.writeString(file, analyze.lanesDrawing(List.of(run.log()))));
        }
        if (!holds) Assertions.fail("expected " + expected + ", saw " + seen);
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

    enum Verdict {
        HOLDS, DOES_NOT_HOLD, NOT_TESTED
    }

    /** A claim as it came out in one run, with the entries that it published. */
    record Claim(String experiment, String title, String sentence, Map<String, String> entries, Verdict verdict, Optional<Throwable> failure) {

        /** E02 of E02_SyncTasksPlateauAtThePool. */
        String number() {
            return experiment.replaceFirst("_.*", "");
        }

        String entry(String key) {
            return entries.getOrDefault(key, "");
        }

        /** What was seen, or why nothing was. */
        String seen() {
            return entries.containsKey("seen") ? entry("seen") : failure.map(Throwable::getMessage).orElse("");
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

    /**
     * Runs test classes one after the other and tells of each when it is done; leaves both kinds of XML report in a folder,
     * unless that is null.
     */
    static List<Claim> execute(List<String> classes, Path reports, BiConsumer<String, List<Claim>> onClass) throws IOException {
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
                entries.computeIfAbsent(test, _ -> new TreeMap<>()).putAll(entry.getKeyValuePairs());
            }

            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                var verdict = switch (result.getStatus()) {
                    case SUCCESSFUL -> Verdict.HOLDS;
                    case FAILED -> Verdict.DOES_NOT_HOLD; // also if the run failed: then what is seen is how
                    case ABORTED -> Verdict.NOT_TESTED;
                };
                if (test.isTest() || verdict != Verdict.HOLDS) { // a class that cannot start is a claim that failed
                    var type = plan.getParent(test).filter(_ -> test.isTest()).orElse(test);
                    while (type.getParentIdObject().isPresent() && !classes.contains(type.getLegacyReportingName()))
                        type = plan.getParent(type).orElseThrow();
                    claims.add(new Claim(type.getLegacyReportingName(), type.getDisplayName(), test.getDisplayName(),
                            entries.getOrDefault(test, Map.of()), verdict, result.getThrowable()));
                }
                var name = test.getLegacyReportingName();
                if (classes.contains(name)) onClass.accept(name, claims.stream().filter(claim -> claim.experiment.equals(name)).toList());
            }
        };
        var request = LauncherDiscoveryRequestBuilder.request().selectors(classes.stream().map(DiscoverySelectors::selectClass).toList())
                .configurationParameter("junit.jupiter.testclass.order.default", "org.junit.jupiter.api.ClassOrderer$ClassName")
                .configurationParameter("junit.jupiter.testmethod.order.default", "org.junit.jupiter.api.MethodOrderer$MethodName")
                .configurationParameter("junit.jupiter.execution.timeout.default", "10 m"); // against hanging, not for speed
        if (reports == null) {
            LauncherFactory.create().execute(request.build(), listener);
        } else {
            delete(reports);
            Files.createDirectories(reports);
            request.configurationParameter("junit.platform.reporting.open.xml.enabled", "true")
                    .configurationParameter("junit.platform.reporting.output.dir", reports.toString());
            LauncherFactory.create().execute(request.build(), listener, new LegacyXmlReportGeneratingListener(reports, new PrintWriter(System.err)));
        }
        return claims;
    }

    /** JUnit's own report of all repetitions, as one page. */
    private void htmlReport() throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "-Dslf4j.provider=org.slf4j.nop.NOPServiceProvider",
                "org.opentest4j.reporting.cli.ReportingCli", "html-report", "--output", out.resolve("report.html").toString()));
        for (var folder : Notebook.repetitions(out)) command.add(folder.resolve("junit/open-test-report.xml").toString());
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes());
        if (!process.onExit().thenApply(Process::exitValue).join().equals(0)) throw new IOException("JUnit's report could not be made: " + said);
    }

    /** One line an experiment, when it is done. */
    private static void say(String experiment, List<Claim> claims) {
        var held = claims.stream().filter(claim -> claim.verdict == Verdict.HOLDS).count();
        var plateau = claims.stream().map(claim -> claim.entry("plateau")).filter(seen -> !seen.isEmpty()).findFirst().orElse("-");
        System.out.printf("%-4s plateau %5s   %d of %d claims hold   %s%n", claims.getFirst().number(), plateau, held, claims.size(),
                claims.getFirst().title);
    }
}
