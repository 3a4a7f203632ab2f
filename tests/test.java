///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Tests what the scripts promise, and decides the claims of the lessons with short tasks
//JAVA 25+
//SOURCES ../experiments/lab.java
//SOURCES ../experiments/bench.java
//SOURCES ../experiments/bench/waiting.java
//SOURCES Script.java
//SOURCES Call.java
//SOURCES TestExecutors.java
//SOURCES RawHttp.java
//SOURCES *Test.java
//MAIN Tests
//RUNTIME_OPTIONS -XX:TieredStopAtLevel=1

/*
 * Question     Do the scripts do what they promise, and do the claims hold, with tasks of 300 ms?
 * Expectation  Yes. The last line says how many tests passed and how many failed.
 * Run it       jbang test, or jbang test ServerTest E02
 */

import module java.base;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.*;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "test", mixinStandardHelpOptions = true, version = "1.0",
        description = "Runs the tests, and the lessons with short tasks, whose results go to results/tests/.")
class Tests implements Callable<Integer> {

    private static final int CONCURRENT = 6; // classes: most of them only wait
    private static final Pattern LONG = // begin first
            Pattern.compile("MutationTest|JbangTest|FromAnywhereTest|ServerTest|RawHttpTest|E08_.*|E14_.*|LabTest"
                    + "|PagesTest|ReadmeTest");

    @Parameters(paramLabel = "NAME", arity = "0..*",
            description = "ServerTest, E02 or any beginning of a name; without one, all.")
    List<String> names = List.of();
    @Option(names = "--peers", description = "Run only the tests that need other people's frameworks, clusters "
            + "or databases; without this option and without a name, they are left out.")
    boolean peers;
    @Spec
    CommandLine.Model.CommandSpec spec;

    private final Map<String, Integer> counts = new ConcurrentHashMap<>();

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT);
        // The JDK's server closes idle connections above 200, at a moment that the client of a stub does not expect.
        System.setProperty("sun.net.httpserver.maxIdleConnections", "1000000");
        System.exit(new CommandLine(new Tests()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        var all = classes();
        var chosen = all.stream().filter(type -> names.isEmpty() ? peers == needsFrameworks(type)
                : names.stream().anyMatch(type.getName()::startsWith))
                .sorted(Comparator.comparing(type -> !LONG.matcher(type.getName()).matches())).toList();
        if (chosen.isEmpty()) throw new CommandLine.ParameterException(spec.commandLine(),
                "There is no test %s. There are: %s"
                        .formatted(String.join(" ", names),
                                all.stream().map(Class::getName).collect(Collectors.joining(", "))));
        var results = Proc.house().resolve("results/tests");
        Proc.delete(results);
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(chosen.stream().map(DiscoverySelectors::selectClass).toList())
                .configurationParameter("junit.platform.reporting.output.dir", results.resolve("junit").toString())
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.classes.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.executor-service",
                        "worker_thread_pool")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "" + CONCURRENT)
                // Against hanging, not for speed
                .configurationParameter("junit.jupiter.execution.timeout.default", "10 m");
        try (var session = LauncherFactory.openSession()) {
            new Laboratory.Settings(results, Duration.ofMillis(300), false, false, false,
                    Script.quick(), "", _ -> {})
                    .putInto(session.getStore());
            session.getLauncher().execute(request.build(), new Listener());
        }
        int passed = counts.getOrDefault("ok", 0), failed = counts.getOrDefault("FAILED", 0),
                skipped = counts.getOrDefault("skipped", 0);
        System.out.printf("%d passed, %d failed%s%n", passed, failed,
                skipped > 0 ? ", %d skipped".formatted(skipped) : "");
        return passed > 0 && failed == 0 ? 0 : 1;
    }

    private static boolean needsFrameworks(Class<?> type) {
        var lesson = type.getAnnotation(Lesson.class);
        return lesson != null ? lesson.downloads() || lesson.engine()
                : type.isAnnotationPresent(Tag.class) && type.getAnnotation(Tag.class).value().equals("peers");
    }

    /** The tests and lessons that this program was built with. */
    private static List<Class<?>> classes() {
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClasspathRoots(Set.of(Lab.here())))
                .filters(ClassNameFilter.includeClassNamePatterns("E\\d+_\\w+|\\w+Test")).build();
        var plan = LauncherFactory.create().discover(request);
        return plan.getRoots().stream().flatMap(root -> plan.getChildren(root).stream()).map(TestIdentifier::getSource)
                .flatMap(Optional::stream)
                .<Class<?>>map(source -> ((ClassSource) source).getJavaClass())
                .sorted(Comparator.comparing(Class::getName)).toList();
    }

    /** Says what became of each test; a container that fails is a failure, too. */
    private final class Listener implements TestExecutionListener {
        private TestPlan plan;

        @Override
        public void testPlanExecutionStarted(TestPlan started) {
            plan = started;
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (test.isContainer() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) return;
            var word = switch (result.getStatus()) {
                case SUCCESSFUL -> "ok";
                case FAILED -> "FAILED";
                case ABORTED ->
                    result.getThrowable().orElse(null) instanceof Measurement.TooHurried ? "left out" : "skipped";
            };
            counts.merge(word, 1, Integer::sum);
            var text = new StringWriter();
            text.append("%-8s %s: %s%n".formatted(word, owner(test), test.getDisplayName()));
            result.getThrowable().ifPresent(failure -> {
                if (!word.equals("FAILED")) text.append("        %s%n".formatted(failure.getMessage()));
                else failure.printStackTrace(new PrintWriter(text, true));
            });
            System.out.print(text); // in one piece, for tests run concurrently
        }

        private String owner(TestIdentifier test) {
            for (var at = Optional.of(test); at.isPresent(); at = plan.getParent(at.get())) {
                if (at.get().getSource().orElse(null) instanceof ClassSource source) return source.getClassName();
            }
            return "";
        }
    }
}
