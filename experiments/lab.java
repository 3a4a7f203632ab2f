///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Runs the lessons on this machine and writes down, claim by claim, what held
//JAVA 25+
//SOURCES lab/Experiment.java
//SOURCES lab/Compare.java
//SOURCES E*.java
//MAIN Lab

/*
 * Question     Which statements of the article hold on this machine, and how are its open questions answered?
 * Expectation  All of them, except where a lesson says otherwise.
 * Run it       jbang lab, or jbang lab E02 E04
 */

import module java.base;
import java.util.Optional;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "lab", mixinStandardHelpOptions = true, version = "1.0", sortOptions = false,
        description = "Runs lessons and writes results/latest/: a page for each lesson with logs and pictures, an "
                + "index, and the whole course in one page (index.html).")
class Lab extends Course {

    private static final int MOST_SIMULATED = 1_000_000; // tasks, whose rows take some 100 MB

    @Parameters(paramLabel = "LESSON", arity = "0..*",
            description = "E02, or any beginning of a name; without one, all but those that download frameworks.")
    List<String> names = List.of();

    Lab() { super(List.of()); }

    static CommandLine commandLine() { return Course.commandLine(new Lab()); }

    static void main(String... options) { Course.main(commandLine(), options); }

    @Override
    public Integer call() throws IOException {
        var byDownload = lessons().stream()
                .collect(Collectors.partitioningBy(lesson -> lesson.getAnnotation(Lesson.class).downloads()));
        lessons = names.isEmpty() ? byDownload.get(false)
                : names.stream().flatMap(name -> named(name).stream()).distinct().toList();
        if (lessons.size() > names.size() && !names.isEmpty())
            say("Lessons: %s%n".formatted(lessons.stream().map(Class::getName).collect(Collectors.joining(", "))));
        var code = super.call();
        if (names.isEmpty()) byDownload.get(true).forEach(lesson -> say(
                "Not run, because it downloads frameworks: jbang lab %s%n".formatted(lesson.getSimpleName()
                        .replaceFirst("_.*", ""))));
        return code;
    }

    private List<Class<? extends Experiment>> named(String name) {
        var found = lessons().stream()
                .filter(lesson -> lesson.getName().toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT)))
                .toList();
        if (found.isEmpty())
            throw new ParameterException(spec.commandLine(), "There is no lesson %s. There are:%n  %s".formatted(name,
                    lessons().stream().map(Class::getName).collect(Collectors.joining("%n  ".formatted()))));
        return found;
    }

    /** The lessons that this program was built with, in the order of their numbers. */
    static List<Class<? extends Experiment>> lessons() {
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClasspathRoots(Set.of(here())))
                .filters(ClassNameFilter.includeClassNamePatterns("E\\d+_\\w+")).build();
        var plan = LauncherFactory.create().discover(request);
        return plan.getRoots().stream().flatMap(root -> plan.getChildren(root).stream())
                .map(TestIdentifier::getSource).flatMap(Optional::stream)
                .<Class<? extends Experiment>>map(
                        source -> ((ClassSource) source).getJavaClass().asSubclass(Experiment.class))
                .sorted(Comparator.comparing(Class::getName)).toList();
    }

    /** The jar or folder of this program's classes. */
    static Path here() { return Proc.classes(Lab.class); }

    @Command(name = "report", mixinStandardHelpOptions = true,
            description = "Judges and draws again what a folder holds, from its events and manifests alone.")
    int report(@Parameters(paramLabel = "DIR", arity = "0..1",
            description = "The folder (default: results/latest).") Path folder) throws IOException {
        var results = folder == null ? out : folder;
        var verdicts = new ArrayList<Verdict>();
        for (var old : Verdict.all(results)) {
            var lesson = lessons().stream().filter(each -> each.getName().equals(old.lesson())).findFirst();
            verdicts.add(lesson.isPresent() ? again(lesson.get(), results) : old); // one that is gone keeps its page
        }
        return finish(verdicts, results);
    }

    @Command(name = "compare", mixinStandardHelpOptions = true,
            description = "Shows on which claims and in which figures two folders of results differ.")
    int compare(@Parameters(paramLabel = "LEFT", description = "A folder of results.") Path left,
            @Parameters(paramLabel = "RIGHT", description = "Another one.") Path right) throws IOException {
        say(Compare.compare(left, Verdict.all(left), right, Verdict.all(right)));
        return 0;
    }

    @Command(name = "predict", mixinStandardHelpOptions = true,
            description = "Predicts how long N requests that arrive together take on an ideal machine with a pool.")
    int predict(@Option(names = "--requests", required = true, paramLabel = "N",
            description = "How many requests arrive, all at the same moment.") int requests,
            @Option(names = "--threads", required = true, paramLabel = "N",
                    description = "Size of the pool.") int threads,
            @Option(names = "--tasks", defaultValue = "3", paramLabel = "N",
                    description = "Tasks of a request (default: ${DEFAULT-VALUE}).") int tasks,
            @Option(names = "--task-time", defaultValue = "3s", paramLabel = "TIME",
                    description = "How long a task waits (default: ${DEFAULT-VALUE}).") Duration time) {
        if ((long) requests * tasks > MOST_SIMULATED)
            throw new ParameterException(spec.commandLine().getSubcommands().get("predict"),
                    "--requests times --tasks must be no more than %,d, not %,d"
                            .formatted(MOST_SIMULATED, (long) requests * tasks));
        var rows = Model.fifo(threads).schedule(new long[requests], tasks, time.toNanos() / 1_000);
        var waits = rows.stream().map(row -> row.started() - row.queued()).sorted().toList();
        say("highest   %d%nmakespan  %s%nwaits     median %s, max %s%n".formatted(Math.min(threads, requests),
                text(rows.getLast().ended()), text(waits.get((waits.size() - 1) / 2)), text(waits.getLast())));
        return 0;
    }

    /** 15 s, 3 h 20 min, 25 d 10 h. */
    static String text(long micros) {
        var time = Duration.ofMillis(Math.round(micros / 1e3));
        if (time.toDays() > 0) return "%d d %d h".formatted(time.toDays(), time.toHoursPart());
        if (time.toHours() > 0) return "%d h %d min".formatted(time.toHours(), time.toMinutesPart());
        if (time.toMinutes() > 0) return "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart());
        return time.toMillis() / 1e3 + " s";
    }
}
