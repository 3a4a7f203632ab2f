//SOURCES Claim.java
//SOURCES Run.java
//SOURCES Measurement.java
//SOURCES Target.java
//SOURCES ServerProcess.java
//SOURCES Peer.java
//SOURCES Proc.java
//SOURCES Progress.java
//SOURCES Rows.java
//SOURCES Load.java
//SOURCES Model.java
//SOURCES Deviation.java
//SOURCES Manifest.java
//SOURCES Verdict.java
//SOURCES Verdicts.java
//SOURCES Laboratory.java
//SOURCES Course.java
//SOURCES Failure.java
//SOURCES LessonPage.java
//SOURCES Index.java
//SOURCES Queueing.java
//SOURCES ../../server.java
//SOURCES ../../client.java
//SOURCES ../../analyze.java
//DEPS org.junit:junit-bom:6.1.3@pom
//DEPS org.junit.jupiter:junit-jupiter
//DEPS org.junit.platform:junit-platform-launcher
//DEPS org.junit.platform:junit-platform-reporting
//DEPS org.opentest4j.reporting:open-test-reporting-tooling-core:0.2.5
//DEPS com.fasterxml.jackson.core:jackson-databind:2.23.0
//COMPILE_OPTIONS -parameters -XDignore.symbol.file
//RUNTIME_OPTIONS --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED

import module java.base;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every lesson inherits: words to describe its runs, and a main that measures it. The lab measures the runs in
 * the order in which they are described, before the first claim; claims are tests, decided in the order in which they
 * stand in the file.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(Laboratory.SourceOrder.class)
@ExtendWith(Laboratory.class)
abstract class Experiment {

    static final Server.Mode sync = Server.Mode.sync, async = Server.Mode.async;

    final List<Run> runs = new ArrayList<>();

    /** Measures this lesson alone. */
    void main(String... options) {
        Course.main(Course.commandLine(new Course(List.of(getClass()))), options);
    }

    // ---- A run is a server and a load

    /** Our own server. */
    static Target ours() {
        return new Target(null, Runtime.getRuntime().availableProcessors(), List.of(), List.of(), false);
    }

    /** Another framework's server: the peer of that name. */
    static Target peer(String name) {
        return new Target(Peer.named(name), Runtime.getRuntime().availableProcessors(), List.of(), List.of(), false);
    }

    /** Describes a run; the name is for its files. */
    Run run(String name, Target server, Load load) {
        return described(new Run(name, server, load, null));
    }

    /** Describes a run that the lesson takes itself; it tells the rows of the log. The client may be a comment (#). */
    Run observed(String name, String client, Duration taskTime, Run.Observation rows) {
        return described(new Run(name, null, new Load(client, 0, 0, null), rows)).taskTime(taskTime);
    }

    private Run described(Run run) {
        runs.add(run);
        return run;
    }

    // ---- The pictures of its page

    /** A picture of the page; {@code picture} is null where it is one of a run's own, which are drawn anyway. */
    record Drawing(String file, String caption, Picture picture) {}

    /** The pictures of the page, the most telling first. They are drawn when all runs are measured. */
    List<Drawing> drawings() {
        return runs.stream().limit(1).flatMap(run -> Stream.of(
                timeline(run, "The tasks, each from its start to its end"),
                inFlight(run, run.model == null ? "Tasks in flight over time"
                        : "Tasks in flight over time; the dashed line is the prediction")))
                .toList();
    }

    static Drawing timeline(Run run, String caption) { return new Drawing(run.name + "-timeline", caption, null); }

    static Drawing inFlight(Run run, String caption) { return new Drawing(run.name + "-in-flight", caption, null); }

    /** The timelines of several runs on one time axis; the caption names those that could be measured. */
    static Drawing together(String file, String caption, Run... runs) {
        var there = Stream.of(runs).filter(Run::there).toList();
        var titles = there.stream().map(Run::toString).collect(Collectors.joining("; "));
        return new Drawing(file, caption + ". From the top: " + titles,
                Timeline.of(there.stream().map(Run::log).toList()));
    }
}

/** What an experiment says of itself: data in its class, from which pages, index and terminal are made. */
@Retention(RetentionPolicy.RUNTIME)
@interface Lesson {

    /** The finding in one sentence without a full stop; the file's name and its description say the same. */
    String title();

    String question();

    /** The answer that is expected before anything is measured, as numbers or a formula. */
    String expectation();

    /** Whether it downloads what it measures, so that it is measured only when it is named. */
    boolean downloads() default false;

    /** Whether it needs a cluster or a database, so that {@code jbang test --peers} decides it. */
    boolean engine() default false;
}
